// The domain's unions to and from JSON.
#include "json_unions.hpp"

#include <array>

namespace sluice::journal {
namespace {

void describe(auto&, is<position_unknown> auto&) {}
void describe(auto&, is<position_flat> auto&) {}
void describe(auto& d, is<position_open> auto& p) {
  d("amount", p.amount);
  d("entry", p.entry);
}

void describe(auto& d, is<open_plan> auto& p) {
  d("direction", p.direction);
  d("amount", p.amount);
  d("value", p.value);
  d("risk", p.risk);
  d("stop", p.stop);
  d("target", p.target);
  d("time_limit_ms", p.time_limit);
}
void describe(auto& d, is<reduce_plan> auto& p) {
  d("target", p.target);
  d("reason", p.reason);
  d.since_later("numbers", p.numbers);
  d.unless_empty("part_of", p.part_of);
  d.unless_empty("of_side", p.of_side);
}
void describe(auto& d, is<cancel_plan> auto& p) {
  d("target", p.target);
}

constexpr std::array<std::string_view, 3> truth_kinds{"unknown", "flat", "open"};
constexpr std::array<std::string_view, 3> plan_kinds{"open", "reduce", "cancel"};
constexpr std::array<std::string_view, 7> measure_units{"",         "ms",    "quantity", "price",
                                                        "notional", "count", "text"};
static_assert(std::variant_size_v<truth> == truth_kinds.size());
static_assert(std::variant_size_v<plan_body> == plan_kinds.size());
static_assert(std::variant_size_v<measure> == measure_units.size());

/// The alternative's fields after its kind.
template <class Union>
boost::json::value write_kind(const Union& v, std::string_view kind, const json_context& c) {
  json_writer writer(c);
  writer("kind", std::string(kind));
  std::visit([&](const auto& alternative) { describe(writer, alternative); }, v);
  return writer.take();
}

/// Reads alternative `I` if the document says it is that one, or any later.
template <std::size_t I = 0, class Union, std::size_t N>
bool read_kind(const boost::json::object& fields, std::string_view kind,
               const std::array<std::string_view, N>& kinds, Union& out, const json_context& c) {
  if constexpr (I == N) {
    return false;
  } else {
    if (kind != kinds[I])
      return read_kind<I + 1>(fields, kind, kinds, out, c);
    json_reader reader(fields, c);
    std::variant_alternative_t<I, Union> alternative{};
    describe(reader, alternative);
    if (!reader.fault().empty())
      return false;
    out = std::move(alternative);
    return true;
  }
}

template <class Union, std::size_t N>
bool read_union(const boost::json::value& v, const std::array<std::string_view, N>& kinds,
                Union& out, const json_context& c) {
  if (!v.is_object())
    return false;
  const auto* kind = v.get_object().if_contains("kind");
  if (!kind || !kind->is_string())
    return false;
  return read_kind(v.get_object(), std::string_view(kind->get_string()), kinds, out, c);
}

/// Reads the measure whose unit has index `I`, or any later.
template <std::size_t I = 1>
bool read_measure(std::string_view unit, const boost::json::value& v, measure& out,
                  const json_context& c) {
  if constexpr (I == measure_units.size()) {
    return false;
  } else {
    if (unit != measure_units[I])
      return read_measure<I + 1>(unit, v, out, c);
    std::variant_alternative_t<I, measure> alternative{};
    if (!read_value(v, alternative, c))
      return false;
    out.emplace<I>(std::move(alternative));
    return true;
  }
}

}  // namespace

boost::json::value write_value(const truth& v, const json_context& c) {
  return write_kind(v, truth_kinds.at(v.index()), c);
}
bool read_value(const boost::json::value& v, truth& out, const json_context& c) {
  return read_union(v, truth_kinds, out, c);
}

boost::json::value write_value(const plan_body& v, const json_context& c) {
  return write_kind(v, plan_kinds.at(v.index()), c);
}
bool read_value(const boost::json::value& v, plan_body& out, const json_context& c) {
  return read_union(v, plan_kinds, out, c);
}

boost::json::value write_value(const measure& v, const json_context& c) {
  if (std::holds_alternative<std::monostate>(v))
    return nullptr;
  boost::json::object fields;
  std::visit(
      [&]<class T>(const T& m) {
        if constexpr (!std::same_as<T, std::monostate>)
          fields.emplace(measure_units.at(v.index()), write_value(m, c));
      },
      v);
  return fields;
}
bool read_value(const boost::json::value& v, measure& out, const json_context& c) {
  if (v.is_null()) {
    out = std::monostate{};
    return true;
  }
  if (!v.is_object() || v.get_object().size() != 1)
    return false;
  const auto& field = *v.get_object().begin();
  return read_measure(std::string_view(field.key()), field.value(), out, c);
}

}  // namespace sluice::journal
