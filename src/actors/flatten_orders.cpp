// From requests to the flattener, and from its answers to replies.
#include "flatten_orders.hpp"

#include <fmt/format.h>

#include <charconv>

#include "order_body.hpp"

namespace sluice::actors {
namespace {

constexpr std::size_t token_bytes_max = 64;

auto no_answer(const status::responder& reply) {
  return [reply](const caf::error&) {
    reply(status::problem_response(503, "the flattener does not answer"));
  };
}

/// One symbol, or all: nobody flattens an account because a field was misspelt.
symbol read_scope(order_body& order) {
  const auto name = order.text("symbol");
  const auto all = order.text("all");
  if (!all.empty() && all != "true")
    order.complain("all", "takes true; leave it out for one symbol");
  if (name.empty() == all.empty())
    order.complain("symbol", "takes a symbol, or all takes true: one of the two");
  if (name.empty())
    return {};
  auto parsed = parse_symbol(name);
  if (parsed)
    return std::move(*parsed);
  order.complain("symbol", parsed.error().text);
  return {};
}

status::response response_to(const flatten_answer& answer, const flatten_context& context) {
  switch (answer.refused) {
    case flatten_refusal::token:
      return status::problem_response(403, answer.why);
    case flatten_refusal::conflict:
      return status::problem_response(409, answer.why);
    case flatten_refusal::none:
      break;
  }
  if (answer.begun)
    return status::json_response(flatten_json(*answer.begun), 202);
  return status::json_response(preview_json(*answer.preview, context));
}

}  // namespace

void order_flattening(status_self* self, const flattener_actor& flattener,
                      const flatten_context& context, const status::request& asked,
                      const status::responder& reply) {
  order_body order(asked.body);
  auto scope = read_scope(order);
  auto token = order.text("confirm");
  if (token.size() > token_bytes_max)
    order.complain("confirm", "is no token of this process");
  if (!order.good(reply))
    return;
  self->request(flattener, caf::infinite,
                order_flatten{std::move(scope), order.author(), order.reason(), std::move(token)})
      .then([reply, context](const flatten_answer& answer) { reply(response_to(answer, context)); },
            no_answer(reply));
}

void show_all_flattens(status_self* self, const flattener_actor& flattener,
                       const status::responder& reply) {
  self->request(flattener, caf::infinite, show_flattens{})
      .then(
          [reply](const flattens_shown& shown) {
            reply(status::json_response(flattens_json(shown.all)));
          },
          no_answer(reply));
}

void show_flatten(status_self* self, const flattener_actor& flattener, std::string_view id,
                  const status::responder& reply) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (failed != std::errc{} || end != id.data() + id.size())
    return reply(status::problem_response(404, "no flatten has this id"));
  self->request(flattener, caf::infinite, show_flattens{number})
      .then(
          [reply](const flattens_shown& shown) {
            reply(shown.all.empty() ? status::problem_response(404, "no flatten has this id")
                                    : status::json_response(flatten_json(shown.all.front())));
          },
          no_answer(reply));
}

}  // namespace sluice::actors
