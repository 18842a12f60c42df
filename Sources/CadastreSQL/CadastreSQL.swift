// CadastreSQL
