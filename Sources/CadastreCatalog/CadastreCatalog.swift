// CadastreCatalog: see ARCHITECTURE.md.
