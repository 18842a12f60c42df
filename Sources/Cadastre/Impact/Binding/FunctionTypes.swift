internal import CadastreModel
internal import Foundation

/// What the built-in functions give, as data: the type and width of a result by those of the arguments.
enum FunctionTypes {
  enum Rule: Sendable {
    /// As wide as one argument, counted from 0.
    case like(Int)
    /// The first argument's text, no longer than the literal at this place.
    case cut(Int)
    /// The first argument's text filled to the literal at this place.
    case padded(Int)
    /// All arguments from this one on, one after the other.
    case concatenated(Int)
    /// The widest of the arguments.
    case widest
    /// A total: no less than one value, in a wider type.
    case total
    /// Always this type, and this wide where it is known.
    case fixed(LogicalType, Decimal?)
    /// As long as the format that is the argument at this place.
    case formatted(Int)
    /// A part of the argument's text whose length cannot be known.
    case part
    case arrayOf(Int)
  }

  /// The rule of a function; `nil` for one that is not in the table.
  static func rule(_ name: String) -> Rule? { rules[name] }

  static let rules: [String: Rule] = {
    var table: [String: Rule] = [
      "concat": .concatenated(0), "concat_ws": .concatenated(1), "coalesce": .widest, "greatest": .widest, "least": .widest, "nullif": .like(0),
      "isnull": .widest, "ifnull": .widest, "nvl": .widest, "sum": .total, "md5": .fixed(.text, 32), "to_char": .formatted(1), "quote_ident": .like(0),
      "quote_literal": .like(0), "replace": .like(0), "translate": .like(0), "lpad": .padded(1), "rpad": .padded(1), "left": .cut(1), "right": .cut(1),
      "substr": .cut(2), "substring": .cut(2), "array_agg": .arrayOf(0), "string_agg": .like(0), "uuid_generate_v4": .fixed(.uuid, nil),
      "gen_random_uuid": .fixed(.uuid, nil), "current_user": .fixed(.text, nil), "avg": .fixed(.decimal(precision: nil, scale: nil), nil),
      "min": .part, "make_date": .fixed(.date, nil), "to_date": .fixed(.date, nil), "random": .fixed(.float64, 1), "to_timestamp": .fixed(.timestamptz(precision: nil), nil),
      "bool_and": .fixed(.boolean, nil), "bool_or": .fixed(.boolean, nil), "every": .fixed(.boolean, nil), "to_number": .fixed(.decimal(precision: nil, scale: nil), nil),
    ]
    for name in ["upper", "lower", "initcap", "trim", "btrim", "ltrim", "rtrim", "reverse", "max", "first_value", "last_value", "nth_value", "lag", "lead", "abs", "round", "trunc", "ceil", "ceiling", "floor", "any_value"] {
      table[name] = .like(0)
    }
    for name in ["split_part", "regexp_replace", "regexp_substr", "format", "encode", "host", "overlay", "concat_list"] { table[name] = .part }
    for name in ["count", "row_number", "rank", "dense_rank", "ntile"] { table[name] = .fixed(.int64, 1) }
    for name in ["length", "char_length", "position", "strpos", "octet_length", "ascii", "cardinality", "array_length", "hashtext", "sign"] { table[name] = .fixed(.int32, nil) }
    for name in ["extract", "date_part", "percent_rank", "cume_dist", "sqrt", "ln", "exp", "power"] { table[name] = .fixed(.decimal(precision: nil, scale: nil), nil) }
    for name in ["now", "clock_timestamp", "date_trunc", "statement_timestamp", "transaction_timestamp"] { table[name] = .fixed(.timestamptz(precision: nil), nil) }
    for name in ["to_jsonb", "to_json", "jsonb_build_object", "json_build_object", "jsonb_agg", "json_agg", "row_to_json", "jsonb_object_agg", "jsonb_build_array"] {
      table[name] = .fixed(.json, nil)
    }
    return table
  }()
}
