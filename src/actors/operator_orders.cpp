// An operator's JSON object, read field by field, and passed on to the stage it concerns.
#include "operator_orders.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sluice/status/problem.hpp"
#include "status_documents.hpp"

namespace sluice::actors {
namespace {

/// The body of a POST with author and reason; complains of every field that is wrong.
class order_body {
 public:
  explicit order_body(std::string_view body) {
    boost::system::error_code failed;
    document_ = boost::json::parse(body, failed);
    if (failed)
      document_ = nullptr;
    author_ = needed("author");
    reason_ = needed("reason");
  }

  [[nodiscard]] const std::string& author() const { return author_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Empty when there is no such text.
  [[nodiscard]] std::string text(const char* key) const {
    const auto* object = document_.if_object();
    const auto* member = object ? object->if_contains(key) : nullptr;
    const auto* found = member ? member->if_string() : nullptr;
    return found ? std::string(*found) : std::string{};
  }
  void complain(std::string key, std::string why) {
    faults_.push_back({std::move(key), std::move(why)});
  }
  /// True when nothing is wrong; otherwise the refusal has been sent.
  [[nodiscard]] bool good(const status::responder& reply) {
    if (!faults_.empty())
      reply(status::problem_response({400, "invalid_order", {}, {}, faults_}));
    return faults_.empty();
  }

 private:
  std::string needed(const char* key) {
    auto found = text(key);
    if (found.empty())
      complain(key, "must be a text that is not empty");
    return found;
  }

  boost::json::value document_{};
  std::string author_{};
  std::string reason_{};
  std::vector<status::problem_field> faults_{};
};

}  // namespace

void order_release(status_self* self, const reconciler_actor& reconciler,
                   std::string_view instrument, const status::request& asked,
                   const status::responder& reply) {
  order_body order(asked.body);
  if (!order.good(reply))
    return;
  self->request(reconciler, caf::infinite,
                release_holds{symbol(std::string(instrument)), order.author(), order.reason()})
      .then(
          [reply](const holds_released& gone) {
            reply(status::json_response(fmt::format(R"({{"released":{}}})", gone.count),
                                        gone.count > 0 ? 200 : 404));
          },
          [reply](const caf::error&) {
            reply(status::problem_response(503, "the reconciler does not answer"));
          });
}

void order_state_change(status_self* self, const gate_actor& gate, const status::request& asked,
                        const status::responder& reply) {
  order_body order(asked.body);
  const auto to = parse_trading_state(order.text("state"));
  if (!to)
    order.complain("state", "takes active, reduce_only or halted");
  if (!order.good(reply))
    return;
  self->send(gate, change_state{*to, order.author(), order.reason()});
  reply(status::json_response(fmt::format(R"({{"trading_state":"{}"}})", to_string(*to)), 202));
}

void order_freshness(status_self* self, const snapshot_manager_actor& manager,
                     const status::request& asked, const status::responder& reply) {
  order_body order(asked.body);
  const auto strategy = parse_freshness_strategy(order.text("strategy"));
  if (!strategy)
    order.complain("strategy", "takes adaptive, per_symbol or open_positions");
  std::optional<milliseconds> bound;
  if (const auto words = order.text("bound"); !words.empty()) {
    const auto parsed = parse_duration(words);
    if (parsed && *parsed > milliseconds{0})
      bound = *parsed;
    else
      order.complain("bound", "takes a duration, e.g. \"2s\"");
  }
  if (!order.good(reply))
    return;
  self->request(manager, caf::infinite,
                change_freshness{*strategy, bound, order.author(), order.reason()})
      .then(
          [reply](const freshness_changed& changed) {
            reply(changed.refusal.empty() ? status::json_response(freshness_json(changed.now))
                                          : status::problem_response(409, changed.refusal));
          },
          [reply](const caf::error&) {
            reply(status::problem_response(503, "the snapshot manager does not answer"));
          });
}

}  // namespace sluice::actors
