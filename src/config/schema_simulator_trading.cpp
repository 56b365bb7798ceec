// The keys of [simulator] about trading: fees, and what the real venue is reported to do in two
// ways.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {
namespace {

using ::sluice::simulator::trading_rules;

void describe_orders(section_builder& b, trading_rules& s) {
  using namespace ::sluice::simulator;
  b.integer({"maker_fee_ppm", "Fee of resting orders in millionths of their value."},
            s.maker_fee_ppm, {0, 100'000});
  b.word({"unfit",
          "What becomes of an order that must fill at once (FOK) or must not (GTX) and cannot: no "
          "order at all, or one that expires."},
         s.unfit, {{"refused", unfit_order::refused}, {"expired", unfit_order::expired}});
  b.word({"conflict",
          "What a reduce-only order does when resting ones have taken all of the position: it is "
          "refused, or it knocks them out."},
         s.conflict,
         {{"refuse", reduce_conflict::refuse}, {"knock_out", reduce_conflict::knock_out}});
  b.integer({"thin_book_percent", "Chance that a market order fills only in part."},
            s.thin_book_percent, {0, 100});
  b.word({"averages",
          "Which replies about orders carry average price and value: the real venue took them out "
          "of replies to orders in 2026-06."},
         s.averages,
         {{"in_queries", average_fields::in_queries},
          {"everywhere", average_fields::everywhere},
          {"nowhere", average_fields::nowhere}});
  b.integer({"orders_per_symbol_max", "Open orders of one symbol in one account."},
            s.orders_per_symbol_max, {1, 100'000});
  b.integer({"algo_orders_max", "Open conditional orders of one account."}, s.algo_orders_max,
            {1, 100'000});
  b.duration({"trigger_delay", "How long a conditional order is triggering, at least."},
             s.trigger_delay, {milliseconds{0}, std::chrono::minutes{1}});
  b.word({"at_once", "How a conditional order that would fire at once is refused: -2021 or -4142."},
         s.at_once, {{"order", fires_at_once::order}, {"strategy", fires_at_once::strategy}});
  b.word({"reduce_in_hedge", "How reduceOnly in hedge mode is refused: -1106 or -4062."},
         s.reduce_in_hedge,
         {{"unwanted", hedge_reduce::unwanted}, {"improper", hedge_reduce::improper}});
  b.word({"child_id", "Client id of the order that a conditional one becomes."}, s.child_id,
         {{"same", algo_child_id::same}, {"random", algo_child_id::random}});
  b.word({"countdown", "What a countdown cancels."}, s.countdown,
         {{"regular", countdown_reach::regular},
          {"regular_and_algo", countdown_reach::regular_and_algo}});
}

void describe_positions(section_builder& b, trading_rules& s) {
  using namespace ::sluice::simulator;
  b.flag({"hedge_mode", "Whether accounts start with two legs a symbol."}, s.hedge_mode);
  b.word({"rows", "Which rows positionRisk has for a symbol in hedge mode."}, s.rows,
         {{"both_legs", hedge_rows::both_legs}, {"held_legs", hedge_rows::held_legs}});
  b.word({"flat", "What positionRisk says of one symbol that is flat."}, s.flat,
         {{"absent", flat_symbol::absent}, {"zero_row", flat_symbol::zero_row}});
  b.word({"single_bracket", "What leverageBracket answers for one symbol."}, s.single_bracket,
         {{"array", bracket_shape::array}, {"object", bracket_shape::object}});
  b.integer({"funding_rate_ppm",
             "Funding of every eight hours in millionths of the value held; longs pay it."},
            s.funding_rate_ppm, {0, 30'000});
  b.word({"funding_list", "Whether the event of a funding fee has an empty list of positions."},
         s.funding_list,
         {{"absent", funding_positions::absent}, {"empty", funding_positions::empty}});
}

void describe_events(section_builder& b, trading_rules& s) {
  using namespace ::sluice::simulator;
  b.word({"events", "Order of a trade's events of different types."}, s.events,
         {{"documented", event_order::documented}, {"shuffled", event_order::shuffled}});
  b.word({"updates", "How many ACCOUNT_UPDATE an order of several trades at once has."}, s.updates,
         {{"per_trade", account_updates::per_trade}, {"per_order", account_updates::per_order}});
  b.word({"lite", "Whether trades are also told as TRADE_LITE."}, s.lite,
         {{"sent", trade_lite::sent}, {"omitted", trade_lite::omitted}});
  b.word({"extra_legs", "Whether one-way accounts also hear of zero long and short legs."},
         s.extra_legs, {{"omitted", zero_legs::omitted}, {"sent", zero_legs::sent}});
}

}  // namespace

void describe_trading(section_builder& b, trading_rules& s) {
  describe_orders(b, s);
  describe_positions(b, s);
  describe_events(b, s);
}

}  // namespace sluice::config
