// What became of a reload, as a document or a problem.
#include "reload_order.hpp"

#include <boost/json.hpp>

#include "order_body.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

json::array changes_array(const std::vector<setting_change>& all, const char* before,
                          const char* after) {
  json::array out;
  for (const auto& c : all)
    out.push_back(json::object{{"key", c.key}, {before, c.before}, {after, c.after}});
  return out;
}

status::response response_of(const reload_outcome& out) {
  if (!out.faults.empty()) {
    status::problem refusal{422, "invalid_configuration", {}, {}, {}};
    refusal.detail = "what was in force before stays in force";
    for (const auto& f : out.faults)
      refusal.fields.push_back({f.key, f.text});
    return status::problem_response(refusal);
  }
  return status::json_response(json::serialize(
      json::object{{"file", out.file},
                   {"changed", changes_array(out.applied, "before", "after")},
                   {"restart_needed", changes_array(out.restart_needed, "in_force", "in_file")},
                   {"overridden", json::array(out.overridden.begin(), out.overridden.end())}}));
}

}  // namespace

void order_reload(status_self* self, const settings_keeper_actor& keeper,
                  const status::request& asked, const status::responder& reply) {
  order_body order(asked.body);
  if (!order.good(reply))
    return;
  self->request(keeper, caf::infinite, reload_settings{order.author(), order.reason()})
      .then([reply](const settings_reloaded& done) { reply(response_of(*done.outcome)); },
            [reply](const caf::error&) {
              reply(status::problem_response(503, "the settings keeper does not answer"));
            });
}

}  // namespace sluice::actors
