// swift-tools-version:6.1
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// One library target of ours. `uses` are our own targets (the layering of ARCHITECTURE.md), `external` are packages.
func layer(_ name: String, uses: [String] = [], external: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []) -> Target {
  .target(
    name: name,
    dependencies: uses.map { .byName(name: $0) } + external,
    swiftSettings: settings, plugins: plugins)
}

func tests(_ name: String, uses: [String], external: [Target.Dependency] = [], excluding: [String] = []) -> Target {
  .testTarget(
    name: name,
    dependencies: uses.map { .byName(name: $0) } + external,
    exclude: excluding,
    swiftSettings: settings)
}

let package = Package(
  name: "cadastre",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Cadastre", targets: ["Cadastre"]),
    .executable(name: "cadastre", targets: ["CadastreCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.3"..<"5.0.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // leaf
    layer("CadastreDiagnostics"),
    layer("CadastreModel"),
    layer("CadastreDelimited", uses: ["CadastreDiagnostics"]),
    .target(
      name: "CadastreSchema", path: "schema", exclude: ["README.md", "current.sql"],
      swiftSettings: settings, plugins: ["EmbedText"]),
    .executableTarget(name: "embed-text", swiftSettings: settings),
    .plugin(name: "EmbedText", capability: .buildTool(), dependencies: ["embed-text"]),

    // language
    layer("CadastreDialects", uses: ["CadastreModel"], plugins: ["EmbedText"]),
    layer("CadastreSQL", uses: ["CadastreDialects", "CadastreDiagnostics"]),
    layer("CadastreCatalog", uses: ["CadastreSQL", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"]),

    // analysis
    layer(
      "CadastreLineage",
      uses: ["CadastreCatalog", "CadastreSQL", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"]),
    layer("CadastreDDL", uses: ["CadastreSQL", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"]),
    layer(
      "CadastreOnboarding",
      uses: ["CadastreDelimited", "CadastreDialects", "CadastreModel", "CadastreDiagnostics"]),

    // edges
    layer(
      "CadastreExchange", uses: ["CadastreDelimited", "CadastreModel", "CadastreDiagnostics"],
      external: [.product(name: "Yams", package: "Yams")]),
    layer(
      "CadastreStore", uses: ["CadastreSchema", "CadastreModel", "CadastreDiagnostics"],
      external: [
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),

    // product
    layer(
      "Cadastre",
      uses: [
        "CadastreDiagnostics", "CadastreModel", "CadastreDelimited", "CadastreDialects", "CadastreSQL",
        "CadastreCatalog", "CadastreLineage", "CadastreDDL", "CadastreOnboarding", "CadastreExchange", "CadastreStore",
      ]),

    // front end
    .executableTarget(
      name: "CadastreCLI",
      dependencies: [
        "Cadastre", "CadastreModel", "CadastreDiagnostics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // tests
    .target(name: "GoldenSupport", path: "Tests/GoldenSupport", swiftSettings: settings),
    tests(
      "CadastreLineageTests",
      uses: ["Cadastre", "CadastreCatalog", "CadastreSQL", "CadastreDialects", "CadastreDiagnostics", "CadastreModel", "GoldenSupport"]),
    tests("CadastreSQLTests", uses: ["Cadastre", "CadastreSQL", "CadastreDialects", "CadastreDiagnostics", "CadastreModel", "GoldenSupport"]),
    tests("CadastreStoreTests", uses: ["CadastreStore", "CadastreModel", "GoldenSupport"]),
    tests("CadastreOnboardingTests", uses: ["Cadastre", "CadastreDelimited", "GoldenSupport"]),
    tests("CadastreExchangeTests", uses: ["Cadastre", "CadastreExchange", "CadastreStore", "CadastreModel", "CadastreDiagnostics", "GoldenSupport"]),
    tests("EngineTests", uses: ["Cadastre", "GoldenSupport"]),
    tests("ExperimentTests", uses: ["Cadastre", "GoldenSupport"], excluding: ["Engines/query_shell.py"]),
    tests("StructureTests", uses: ["GoldenSupport"]),
    tests("FaultTests", uses: ["CadastreStore", "CadastreModel", "GoldenSupport", "CadastreCLI"]),
    tests("CommandTests", uses: ["Cadastre", "CadastreStore", "CadastreModel", "GoldenSupport", "CadastreCLI"]),
  ],
  swiftLanguageModes: [.v6]
)
