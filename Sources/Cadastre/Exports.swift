@_exported public import CadastreDDL
@_exported public import CadastreDiagnostics
@_exported public import CadastreDialects
@_exported public import CadastreExchange
@_exported public import CadastreModel
@_exported public import CadastreStore
@_exported public import CadastreOnboarding
