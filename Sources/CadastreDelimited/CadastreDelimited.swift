// CadastreDelimited: see ARCHITECTURE.md.
