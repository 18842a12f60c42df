// CadastreOnboarding: see ARCHITECTURE.md.
