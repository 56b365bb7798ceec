// The journal shows a plan as the document that the API shows; few fields of it are asked for.
#include "plan_lookup.hpp"

#include <boost/json/parse.hpp>

namespace sluice::actors {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->c_str(), text->size()) : std::string{};
}

const json::object* object_in(const json::object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  return value ? value->if_object() : nullptr;
}

}  // namespace

std::optional<known_plan> known_plan_in(std::string_view explained) {
  json::error_code ec;
  const auto document = json::parse(explained, ec);
  const auto* all = ec ? nullptr : document.if_object();
  const auto* accepted = all ? object_in(*all, "plan") : nullptr;
  const auto* body = accepted ? object_in(*accepted, "body") : nullptr;
  if (!body)
    return std::nullopt;
  return known_plan{source_id{text_of(*accepted, "source")}, symbol{text_of(*accepted, "symbol")},
                    text_of(*body, "kind"), text_of(*body, "reason")};
}

std::optional<known_plan> look_up(journal::reader& journal, const plan_id& id) {
  const auto explained = journal.explain(id);
  if (!explained || !*explained)
    return std::nullopt;
  return known_plan_in(**explained);
}

}  // namespace sluice::actors
