// Plans, facts and verdicts as JSON text and back.
#include "sluice/journal/facts_json.hpp"

#include "json_structs.hpp"

namespace sluice::journal {

std::string to_json(const plan& p) {
  return boost::json::serialize(write_value(p, {}));
}
result<plan> parse_plan(std::string_view text) {
  return parse_document<plan>(text, "plan");
}

std::string to_json(const facts& f) {
  return boost::json::serialize(write_value(f, {}));
}
result<facts> parse_facts(std::string_view text) {
  return parse_document<facts>(text, "facts");
}

result<universe> parse_universe(std::string_view text) {
  auto read = parse_document<universe>(text, "universe");
  if (read)
    read->rebuild_index();
  return read;
}

std::string to_json(const verdict& v, instant now) {
  return boost::json::serialize(write_value(v, {.base = now}));
}
result<verdict> parse_verdict(std::string_view text, instant now) {
  return parse_document<verdict>(text, "verdict", {.base = now});
}

}  // namespace sluice::journal
