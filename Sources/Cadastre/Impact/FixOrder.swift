internal import CadastreModel

/// The order in which to mend what is broken: callees before callers, what writes a table or makes a view before what reads it.
struct FixOrder {
  let order: [String]

  init(breaks: [ImpactReport.Break], uses: [ObjectName: BreakSearch.Use]) {
    let broken = Set(breaks.filter { $0.kind != "constraint" }.map(\.object))
    var before: [String: Set<String>] = [:]
    var writers: [ObjectName: Set<String>] = [:]
    for (name, use) in uses where broken.contains(name.rendered) { for table in use.writes.keys { writers[table, default: []].insert(name.rendered) } }
    for (name, use) in uses where broken.contains(name.rendered) {
      var needs = Set(use.calls.map(\.name.rendered))
      for object in use.objects {
        needs.insert(object.rendered)
        if use.writes[object] == nil { needs.formUnion(writers[object] ?? []) }
      }
      before[name.rendered] = needs.intersection(broken).subtracting([name.rendered])
    }
    // what waits for nothing that is left goes first; in a circle, the one that waits for least
    var left = broken
    var result: [String] = []
    while !left.isEmpty {
      let waiting = left.map { ((before[$0] ?? []).intersection(left).count, $0) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
      let free = waiting.filter { $0.0 == 0 }.map(\.1)
      let next = free.isEmpty ? [waiting[0].1] : free
      result += next
      left.subtract(next)
    }
    order = result
  }
}
