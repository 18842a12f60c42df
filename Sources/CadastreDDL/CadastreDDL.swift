// CadastreDDL: see ARCHITECTURE.md.
