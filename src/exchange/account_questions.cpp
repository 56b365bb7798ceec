// Questions about open orders, balances, settings and limits of the account.
#include <algorithm>
#include <utility>

#include "asking.hpp"
#include "questions.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

/// Asks for rows of one symbol or of all; a row of another symbol makes the reply malformed.
template <class Row, class Parse>
void ask_rows(session& venue, endpoint what, const symbol& scope, read_options options,
              std::function<void(read_result<std::vector<Row>>)> done, Parse parse) {
  ask<std::vector<Row>>(
      venue, scoped(what, scope, options), std::move(done),
      [scope, parse](const http_reply& reply) -> result<std::vector<Row>> {
        auto rows = parse(reply.body);
        const auto outside = [&](const Row& row) { return row.instrument != scope; };
        if (rows && !scope.empty() && std::any_of(rows->begin(), rows->end(), outside))
          return fail(errc::malformed, "the reply holds symbols that were not asked for");
        return rows;
      });
}

}  // namespace

void ask_open_orders(session& venue, const symbol& scope, read_options options,
                     std::function<void(read_result<std::vector<order_report>>)> done) {
  ask_rows<order_report>(venue, endpoint::open_orders, scope, options, std::move(done),
                         parse_orders);
}

void ask_open_conditionals(session& venue, const symbol& scope, read_options options,
                           std::function<void(read_result<std::vector<conditional_report>>)> done) {
  ask_rows<conditional_report>(venue, endpoint::open_conditionals, scope, options, std::move(done),
                               parse_conditionals);
}

void ask_symbol_settings(session& venue, const symbol& scope, read_options options,
                         std::function<void(read_result<std::vector<symbol_settings>>)> done) {
  ask_rows<symbol_settings>(venue, endpoint::symbol_config, scope, options, std::move(done),
                            parse_symbol_settings);
}

void ask_leverage_brackets(session& venue, const symbol& scope, read_options options,
                           std::function<void(read_result<std::vector<leverage_ladder>>)> done) {
  ask_rows<leverage_ladder>(venue, endpoint::leverage_bracket, scope, options, std::move(done),
                            parse_leverage_brackets);
}

void ask_premiums(session& venue, const symbol& scope, read_options options,
                  std::function<void(read_result<std::vector<premium>>)> done) {
  ask_rows<premium>(venue, endpoint::premium_index, scope, options, std::move(done),
                    parse_premiums);
}

void ask_conditional(session& venue, const client_order_id& id, read_options options,
                     std::function<void(read_result<conditional_report>)> done) {
  query parameters;
  parameters.add("clientAlgoId", id.str());
  ask<conditional_report>(
      venue, {endpoint::conditional_query, std::move(parameters), options}, std::move(done),
      [id](const http_reply& reply) -> result<conditional_report> {
        auto read = parse_conditional(reply.body);
        if (read && read->client_id != id)
          return fail(errc::malformed, "the reply describes another conditional order");
        return read;
      });
}

void ask_balance(session& venue, read_options options,
                 std::function<void(read_result<std::vector<asset_balance>>)> done) {
  ask<std::vector<asset_balance>>(venue, {endpoint::balance, {}, options}, std::move(done),
                                  [](const http_reply& r) { return parse_balances(r.body); });
}

void ask_margin(session& venue, read_options options,
                std::function<void(read_result<margin_summary>)> done) {
  ask<margin_summary>(venue, {endpoint::account, {}, options}, std::move(done),
                      [](const http_reply& r) { return parse_margin(r.body); });
}

void ask_order_limits(session& venue, read_options options,
                      std::function<void(read_result<std::vector<venue_limit>>)> done) {
  ask<std::vector<venue_limit>>(
      venue, {endpoint::order_limits, {}, options}, std::move(done),
      [&venue](const http_reply& reply) -> result<std::vector<venue_limit>> {
        auto read = parse_order_limits(reply.body);
        if (read)
          venue.adopt_limits(*read, limit_source::account);
        return read;
      });
}

}  // namespace sluice::exchange
