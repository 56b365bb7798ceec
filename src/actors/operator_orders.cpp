// An operator's JSON object, read field by field, and passed on to the stage it concerns.
#include "operator_orders.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "operator_documents.hpp"
#include "order_body.hpp"
#include "status_documents.hpp"

namespace sluice::actors {
namespace {

/// What is answered when a stage does not.
auto no_answer(const status::responder& reply, std::string_view stage) {
  return [reply, text = fmt::format("the {} does not answer", stage)](const caf::error&) {
    reply(status::problem_response(503, text));
  };
}

symbol read_symbol(order_body& order, std::string_view text) {
  auto parsed = parse_symbol(text);
  if (parsed)
    return std::move(*parsed);
  order.complain("symbol", parsed.error().text);
  return {};
}

/// An arming as the reconciler answers it.
auto close_answer(const status::responder& reply) {
  return [reply](const close_arming_answer& answer) {
    if (answer.refusal.empty() && answer.now)
      reply(status::json_response(close_json(*answer.now)));
    else
      reply(status::problem_response(409, answer.refusal));
  };
}

/// "fresh_for 30m".
std::optional<milliseconds> read_fresh_for(order_body& order) {
  constexpr std::string_view word = "fresh_for ";
  const auto words = order.text("until");
  if (words.empty())
    return std::nullopt;
  if (words.starts_with(word))
    if (const auto parsed = parse_duration(std::string_view{words}.substr(word.size())))
      return *parsed;
  order.complain("until", "takes \"fresh_for\" and a duration, e.g. \"fresh_for 30m\"");
  return std::nullopt;
}

override_order read_override(order_body& order, const std::vector<std::string>& known) {
  override_order wanted;
  wanted.key = order.needed("key");
  if (!wanted.key.empty() && std::ranges::find(known, wanted.key) == known.end())
    order.complain("key", fmt::format("there is no key {}; {} may be overridden", wanted.key,
                                      overridable_names()));
  wanted.value = order.needed("value");
  wanted.author = order.author();
  wanted.reason = order.reason();
  if (order.text("for").empty())
    order.complain("for", "is missing: an override has an end, e.g. \"30m\", at most a day");
  wanted.lasts = order.span("for", "30m").value_or(milliseconds{0});
  wanted.fresh_for = read_fresh_for(order);
  return wanted;
}

}  // namespace

void order_release(status_self* self, const reconciler_actor& reconciler,
                   std::string_view instrument, const status::request& asked,
                   const status::responder& reply) {
  order_body order(asked.body);
  const auto on = read_symbol(order, instrument);
  if (!order.good(reply))
    return;
  self->request(reconciler, caf::infinite, release_holds{on, order.author(), order.reason()})
      .then(
          [reply, name = std::string(instrument)](const holds_released& gone) {
            if (!gone.refusal.empty())
              return reply(status::problem_response(409, gone.refusal));
            reply(gone.count > 0
                      ? status::json_response(fmt::format(R"({{"released":{}}})", gone.count))
                      : status::problem_response(404, fmt::format("{} has no hold", name)));
          },
          no_answer(reply, "reconciler"));
}

void order_state_change(status_self* self, const gate_actor& gate, const status::request& asked,
                        const status::responder& reply) {
  order_body order(asked.body);
  const auto to = parse_trading_state(order.text("state"));
  if (!to)
    order.complain("state", "takes active, reduce_only or halted");
  const auto lasts = order.span("for", "30m");
  if (!order.good(reply))
    return;
  self->request(gate, caf::infinite, change_state{*to, order.author(), order.reason(), lasts})
      .then(
          [reply](const state_answer& answer) {
            reply(answer.refusal.empty() ? status::json_response(state_json(answer.now))
                                         : status::problem_response(409, answer.refusal));
          },
          no_answer(reply, "gate"));
}

void order_freshness(status_self* self, const snapshot_manager_actor& manager,
                     const status::request& asked, const status::responder& reply) {
  order_body order(asked.body);
  const auto strategy = parse_freshness_strategy(order.text("strategy"));
  if (!strategy)
    order.complain("strategy", "takes adaptive, per_symbol or open_positions");
  const auto bound = order.span("bound", "2s");
  if (!order.good(reply))
    return;
  self->request(manager, caf::infinite,
                change_freshness{*strategy, bound, order.author(), order.reason()})
      .then(
          [reply](const freshness_changed& changed) {
            reply(changed.refusal.empty() ? status::json_response(freshness_json(changed.now))
                                          : status::problem_response(409, changed.refusal));
          },
          no_answer(reply, "snapshot manager"));
}

void order_resync(status_self* self, const snapshot_manager_actor& manager,
                  const status::request& asked, const status::responder& reply,
                  const timekeeper& time) {
  order_body order(asked.body);
  if (!order.good(reply))
    return;
  self->request(manager, caf::infinite, resync{order.author(), order.reason()})
      .then(
          [self, reply, time](const resynced& done) {
            if (!done.refusal.empty())
              return reply(status::problem_response(409, done.refusal));
            reply(
                status::json_response(resynced_json(done, time.at(self->system().clock().now()))));
          },
          no_answer(reply, "snapshot manager"));
}

void order_override(status_self* self, const gate_actor& gate,
                    const std::vector<std::string>& known, const status::request& asked,
                    const status::responder& reply) {
  order_body order(asked.body);
  auto wanted = read_override(order, known);
  if (!order.good(reply))
    return;
  self->request(gate, caf::infinite, set_override{std::move(wanted)})
      .then(
          [reply](const override_answer& answer) {
            reply(answer.faults.empty() ? status::json_response(override_json(*answer.now))
                                        : faults_response(answer.faults));
          },
          no_answer(reply, "gate"));
}

void order_revert(status_self* self, const gate_actor& gate, std::string_view key,
                  const status::request& asked, const status::responder& reply) {
  order_body order(asked.body);
  if (!order.good(reply))
    return;
  self->request(gate, caf::infinite,
                revert_override{std::string(key), order.author(), order.reason()})
      .then(
          [reply](const override_answer& answer) {
            reply(answer.faults.empty()
                      ? status::json_response(override_json(*answer.now))
                      : status::problem_response(404, answer.faults.front().text));
          },
          no_answer(reply, "gate"));
}

void order_arm(status_self* self, const reconciler_actor& reconciler, std::string_view instrument,
               const status::request& asked, const status::responder& reply) {
  order_body order(asked.body);
  const auto on = read_symbol(order, instrument);
  if (order.text("for").empty())
    order.complain("for", "is missing: an arming has an end, e.g. \"30m\"");
  const auto lasts = order.span("for", "30m").value_or(milliseconds{0});
  if (!order.good(reply))
    return;
  self->request(reconciler, caf::infinite, arm_close{on, lasts, order.author(), order.reason()})
      .then(close_answer(reply), no_answer(reply, "reconciler"));
}

void order_disarm(status_self* self, const reconciler_actor& reconciler,
                  std::string_view instrument, const status::request& asked,
                  const status::responder& reply) {
  order_body order(asked.body);
  const auto on = read_symbol(order, instrument);
  if (!order.good(reply))
    return;
  self->request(reconciler, caf::infinite, disarm_close{on, order.author(), order.reason()})
      .then(close_answer(reply), no_answer(reply, "reconciler"));
}

}  // namespace sluice::actors
