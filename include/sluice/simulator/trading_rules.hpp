// How the venue trades where the real one is costly, random, or reported in two ways.
#pragma once

#include <cstdint>

#include "sluice/domain/time.hpp"

namespace sluice::simulator {

/// What becomes of an order that must fill at once (FOK) or must not (GTX) and cannot have it.
enum class unfit_order : std::uint8_t {
  refused,  ///< -5021 and -5022: no such order ever existed.
  expired   ///< Accepted, then EXPIRED.
};
/// What becomes of a reduce-only order when resting ones have taken all of the position.
enum class reduce_conflict : std::uint8_t {
  refuse,    ///< -4118.
  knock_out  ///< Resting ones of lower priority expire with reason 4.
};
/// Where order replies carry avgPrice and cumQuote: order replies lost them in 2026-06, and some
/// accounts miss them in queries too.
enum class average_fields : std::uint8_t { in_queries, everywhere, nowhere };
/// Order of events of different types; within one type it is always that of what happened.
enum class event_order : std::uint8_t {
  documented,  ///< TRADE_LITE, ACCOUNT_UPDATE, ORDER_TRADE_UPDATE.
  shuffled     ///< Seeded.
};
/// Whether every trade is also told as TRADE_LITE.
enum class trade_lite : std::uint8_t { sent, omitted };
/// Whether one-way accounts also hear of zero LONG and SHORT legs in ACCOUNT_UPDATE.
enum class zero_legs : std::uint8_t { omitted, sent };
/// Which rows positionRisk has for a symbol in hedge mode.
enum class hedge_rows : std::uint8_t { both_legs, held_legs };
/// Whether ACCOUNT_UPDATE of a funding fee has an empty list of positions or none.
enum class funding_positions : std::uint8_t { absent, empty };
/// What a countdown cancels; the documentation does not name conditional orders.
enum class countdown_reach : std::uint8_t { regular, regular_and_algo };
/// Client id of the order that a conditional one becomes.
enum class algo_child_id : std::uint8_t { same, random };

/// What leverageBracket answers for one symbol.
enum class bracket_shape : std::uint8_t { array, object };
/// How reduceOnly in hedge mode is refused.
enum class hedge_reduce : std::uint8_t {
  unwanted,  ///< -1106.
  improper   ///< -4062.
};
/// How a conditional order that would fire at once is refused: -2021 or -4142.
enum class fires_at_once : std::uint8_t { order, strategy };
/// What positionRisk with the symbol of a flat position answers: nothing, or a row of zeros.
enum class flat_symbol : std::uint8_t { absent, zero_row };
/// How many ACCOUNT_UPDATE an order of several trades at once has.
enum class account_updates : std::uint8_t { per_trade, per_order };

struct trading_rules {
  std::int64_t maker_fee_ppm{200};  ///< Millionths of the value: 200 is 0.02 %.
  unfit_order unfit{unfit_order::refused};
  reduce_conflict conflict{reduce_conflict::refuse};
  std::int64_t thin_book_percent{0};  ///< Chance that a market order fills only in part.
  average_fields averages{average_fields::in_queries};
  event_order events{event_order::documented};
  trade_lite lite{trade_lite::sent};
  zero_legs extra_legs{zero_legs::omitted};
  bool hedge_mode{false};  ///< Of every account at the start.
  hedge_rows rows{hedge_rows::both_legs};
  std::int64_t orders_per_symbol_max{200};
  std::int64_t algo_orders_max{200};  ///< Open ones of an account, all symbols together.
  milliseconds trigger_delay{0};      ///< How long a conditional order is TRIGGERING.
  algo_child_id child_id{algo_child_id::same};
  countdown_reach countdown{countdown_reach::regular};
  std::int64_t funding_rate_ppm{100};  ///< Of the value held, every eight hours; longs pay.
  funding_positions funding_list{funding_positions::absent};
  bracket_shape single_bracket{bracket_shape::array};
  hedge_reduce reduce_in_hedge{hedge_reduce::unwanted};
  fires_at_once at_once{fires_at_once::order};
  flat_symbol flat{flat_symbol::absent};
  account_updates updates{account_updates::per_trade};
};

}  // namespace sluice::simulator
