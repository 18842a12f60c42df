// CadastreLineage: see ARCHITECTURE.md.
