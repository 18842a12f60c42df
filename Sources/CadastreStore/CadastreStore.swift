// CadastreStore: see ARCHITECTURE.md.
