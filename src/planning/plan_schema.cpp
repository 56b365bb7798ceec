// From the table of fields to the schema, and the schema to readable text.
#include "sluice/planning/plan_schema.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string_view>

#include "plan_field_table.hpp"
#include "plan_text.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/planning/settings.hpp"

namespace sluice {
namespace {

namespace json = boost::json;

/// At most 8 decimals that count; more than eleven digits before the point no amount has.
constexpr std::string_view decimal_pattern =
    R"(^\+?0*([0-9]{1,11}(\.[0-9]{0,8}0*)?|\.[0-9]{1,8}0*)$)";
constexpr std::string_view not_zero = "[1-9]";
constexpr std::string_view duration_pattern =
    R"(^(?=.*[1-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$)";
constexpr std::string_view time_pattern =
    R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|\+00:00)$)";

json::object text(std::string_view pattern) {
  return {{"type", "string"}, {"pattern", pattern}};
}

json::object words(std::initializer_list<std::string_view> all) {
  json::array list;
  for (const auto word : all)
    list.emplace_back(word);
  return {{"enum", std::move(list)}};
}

json::object id_text(std::size_t longest) {
  return text(fmt::format("^[A-Za-z0-9._:-]{{1,{}}}$", longest));
}

/// A plan of ours has such an id; nobody else's has.
json::object plan_id_text() {
  auto id = id_text(64);
  id["not"] =
      json::object{{"pattern", fmt::format("^({}|{}|{}|{})", exit_plan_prefix, close_plan_prefix,
                                           flatten_plan_prefix, supersede_plan_prefix)}};
  return id;
}

json::object source_text() {
  auto source = id_text(32);
  source["not"] = words({exit_engine_source, reconciler_source, flatten_source, planner_source});
  return source;
}

json::object decimal(bool zero_too) {
  json::object as_text = text(decimal_pattern);
  as_text["maxLength"] = field_text_bytes_max;
  if (!zero_too)
    as_text["allOf"] = json::array{json::object{{"pattern", not_zero}}};
  return {{"anyOf", json::array{std::move(as_text), json::object{{"type", "integer"},
                                                                 {"minimum", zero_too ? 0 : 1},
                                                                 {"maximum", 92'233'720'368}}}}};
}

json::object form_of(const known_field& f) {
  switch (f.form) {
    case field_form::plan_name:
      return f.name == "plan_id" ? plan_id_text() : id_text(64);
    case field_form::source_name:
      return source_text();
    case field_form::symbol_name:
      return text(R"(^[^\u0000-\u0020\u007f"'\\/&?=%#]{1,32}$)");
    case field_form::kind:
      return words({"open", "reduce", "cancel"});
    case field_form::leg:
      return words({"both", "long", "short"});
    case field_form::direction:
      return words({"buy", "sell"});
    case field_form::positive:
      return decimal(false);
    case field_form::decimal:
      return decimal(true);
    case field_form::span:
      return text(duration_pattern);
    case field_form::time:
      return text(time_pattern);
    case field_form::free_text:
      break;
  }
  auto free = text(R"(^[^\u0000-\u001f\u007f]*$)");
  free["maxLength"] = reason_bytes_max;
  return free;
}

json::object requires_all(std::initializer_list<std::string_view> names) {
  json::array list;
  for (const auto name : names)
    list.emplace_back(name);
  return {{"required", std::move(list)}};
}

/// Not both of two values: a leg is opened one way only.
json::object never(std::string_view leg, std::string_view side) {
  auto both = requires_all({"position_side", "side"});
  both["properties"] = json::object{{"position_side", json::object{{"const", leg}}},
                                    {"side", json::object{{"const", side}}}};
  return {{"not", std::move(both)}};
}

json::object kind_schema(std::string_view kind) {
  json::object properties;
  json::array required;
  for (const auto& f : known_fields) {
    const auto here = presence_in(f, kind);
    if (here == presence::never)
      continue;
    auto form = f.form == field_form::kind ? json::object{{"const", kind}} : form_of(f);
    form["description"] = f.meaning;
    properties[f.name] = std::move(form);
    if (here == presence::must)
      required.emplace_back(f.name);
  }
  json::object out{{"type", "object"},
                   {"properties", std::move(properties)},
                   {"required", std::move(required)},
                   {"additionalProperties", false},
                   {"not", requires_all({"ttl", "deadline"})}};
  if (kind == "open") {
    out["oneOf"] =
        json::array{requires_all({"quantity"}), requires_all({"notional"}), requires_all({"risk"})};
    out["dependentRequired"] = json::object{{"risk", json::array{"stop"}}};
    out["allOf"] = json::array{never("long", "sell"), never("short", "buy")};
  }
  return out;
}

json::object reference(std::string_view name) {
  return {{"$ref", fmt::format("#/$defs/{}", name)}};
}

void write(const json::value& v, std::string& out, std::size_t depth) {
  const auto line = [&](std::size_t d) { out += '\n' + std::string(2 * d, ' '); };
  const auto list = [&](const auto& all, char open, char close, const auto& each) {
    if (all.empty())
      return void(out += std::string{open, close});
    out += open;
    for (auto at = all.begin(); at != all.end(); ++at) {
      out += at == all.begin() ? "" : ",";
      line(depth + 1);
      each(*at);
    }
    line(depth);
    out += close;
  };
  if (const auto* o = v.if_object())
    list(*o, '{', '}', [&](const json::key_value_pair& member) {
      out += json::serialize(json::string(member.key())) + ": ";
      write(member.value(), out, depth + 1);
    });
  else if (const auto* a = v.if_array())
    list(*a, '[', ']', [&](const json::value& item) { write(item, out, depth + 1); });
  else
    out += json::serialize(v);
}

}  // namespace

std::string plan_schema() {
  const json::value schema = json::object{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"$id", "urn:sluice:schema:plan"},
      {"title", "A plan, or a batch of plans, for POST /api/v1/plans"},
      {"anyOf", json::array{reference("plan"), reference("batch")}},
      {"$defs",
       json::object{
           {"plan", json::object{{"oneOf", json::array{reference("open"), reference("reduce"),
                                                       reference("cancel")}}}},
           {"batch", json::object{{"type", "array"},
                                  {"items", reference("plan")},
                                  {"minItems", 1},
                                  {"maxItems", intake_settings{}.plans_per_request_max}}},
           {"open", kind_schema("open")},
           {"reduce", kind_schema("reduce")},
           {"cancel", kind_schema("cancel")}}}};
  std::string out;
  write(schema, out, 0);
  return out + '\n';
}

}  // namespace sluice
