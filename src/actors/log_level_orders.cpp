// An order for the log is carried out by the logger itself and told to log and journal.
#include "log_level_orders.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "order_body.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

constexpr std::string_view everybody = "all";
constexpr std::string_view as_configured = "default";

struct level_wish {
  std::string component{};
  std::string level{};
  std::optional<status::log_level> to{};
};

level_wish read_wish(order_body& order) {
  level_wish wish{order.needed("component"), order.needed("level"), std::nullopt};
  if (wish.component != everybody && !status::find_log_component(wish.component))
    order.complain("component",
                   fmt::format("takes all, {}", fmt::join(status::log_components, ", ")));
  if (const auto parsed = status::parse_log_level(wish.level))
    wish.to = *parsed;
  else if (wish.level != as_configured)
    order.complain("level", "takes debug, info, warn, error or default");
  return wish;
}

}  // namespace

std::string log_levels_json(const status::log_levels& now) {
  json::array rows;
  for (const auto& c : now.components)
    rows.push_back(json::object{{"component", c.name},
                                {"level", to_string(c.level)},
                                {"configured", to_string(c.configured)},
                                {"changed", c.changed}});
  return json::serialize(json::object{{"all", to_string(now.all)},
                                      {"configured", to_string(now.all_configured)},
                                      {"components", std::move(rows)}});
}

void order_log_level(status_self* self, const journal_actor& journal, status::logger& log,
                     const status::request& asked, const status::responder& reply) {
  order_body order(asked.body);
  const auto wish = read_wish(order);
  if (!order.good(reply))
    return;
  if (wish.component == everybody)
    log.level(wish.to);
  else
    log.level(wish.component, wish.to);
  log.warn("sluice", "log_level_changed",
           {{"of", wish.component},
            {"to", wish.level},
            {"author", order.author()},
            {"reason", order.reason()}});
  self->request(journal, caf::infinite,
                append_durable{{notice{"log_level_changed",
                                       fmt::format("{} to {} by {}: {}", wish.component, wish.level,
                                                   order.author(), order.reason())}}})
      .then([reply, answer = log_levels_json(log.levels())](
                const appended&) { reply(status::json_response(answer)); },
            [reply](const caf::error&) {
              reply(status::problem_response(503, "the journal does not answer"));
            });
}

}  // namespace sluice::actors
