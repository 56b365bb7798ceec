// The two tables that say what an answer means: facts of Binance's general-info and error-code
// pages, one row each, the first that holds decides.
#pragma once

#include <array>

#include "sluice/exchange/classify.hpp"

namespace sluice::exchange {

/// In a row: holds for every status, code or text.
inline constexpr int any = 0;
/// In the place of a status: the whole class of it.
inline constexpr int all_1xx = 1, all_2xx = 2, all_3xx = 3, all_4xx = 4, all_5xx = 5;

/// Whether the venue itself speaks (its JSON error document) or something on the way does.
enum class speaker : std::uint8_t { anybody, venue, page };

/// Whether only a person can mend what was refused.
enum class mends : std::uint8_t { product, person };

struct order_rule {
  int http_status{any};
  int code{any};
  speaker who{speaker::anybody};
  std::string_view text{};
  order_fate fate{order_fate::uncertain};
  refusal_cure cure{refusal_cure::none};
  mends by{mends::product};
  milliseconds wait{0};
};

/// A refusal by code, of whichever 4xx; placed after the rows that deal with every other status.
constexpr order_rule refusal(int code, refusal_cure cure, mends by = mends::product) {
  return {any, code, speaker::venue, "", order_fate::refused, cure, by, milliseconds(0)};
}
constexpr order_rule passing(int code, std::int64_t wait_ms,
                             refusal_cure cure = refusal_cure::wait) {
  return {any,  code,           speaker::venue,       "", order_fate::refused_for_now,
          cure, mends::product, milliseconds(wait_ms)};
}
/// A row of the statuses that are told apart by their text.
constexpr order_rule unavailable(int code, std::string_view text, order_fate fate) {
  const bool later = fate == order_fate::refused_for_now;
  return {503,
          code,
          speaker::venue,
          text,
          fate,
          later ? refusal_cure::wait : refusal_cure::none,
          mends::product,
          milliseconds(later ? 200 : 0)};
}
constexpr order_rule doubt(int http_status, int code) {
  return {http_status,        code,           speaker::anybody, "", order_fate::uncertain,
          refusal_cure::none, mends::product, milliseconds(0)};
}
constexpr order_rule turned_away(int http_status, std::int64_t wait_ms,
                                 std::string_view text = {}) {
  return {http_status,
          any,
          speaker::anybody,
          text,
          order_fate::refused_for_now,
          refusal_cure::wait,
          mends::product,
          milliseconds(wait_ms)};
}

using enum refusal_cure;

inline constexpr std::array order_rules{
    // The venue itself does not know, whatever status it says so with.
    doubt(any, -1006),
    doubt(any, -1007),
    doubt(408, any),
    // An order with this client id exists: an earlier attempt of ours. To be queried, never resent.
    doubt(any, -4116),
    doubt(any, -4117),
    // The second check of the timestamp, behind the first one that let the order in. That it means
    // "not done" is read out of its text and verified by nobody; a market order that was done may
    // not be protected by its id, so it is asked after before it is sent again.
    order_rule{all_4xx, -5028, speaker::venue, "", order_fate::uncertain_of_time, none,
               mends::product, milliseconds(0)},
    doubt(any, -5028),
    // 503 comes in four kinds, told apart by text, since the code inside is not documented.
    unavailable(any, "unknown error", order_fate::uncertain),
    unavailable(any, "service unavailable", order_fate::refused_for_now),
    // "Failure", says the exchange of this one, too; but it had begun to work on it.
    order_rule{503, any, speaker::venue, "internal error; unable to process",
               order_fate::refused_for_now, refusal_cure::query_order, mends::product,
               milliseconds(200)},
    unavailable(-1008, "", order_fate::refused_for_now),
    unavailable(any, "throttled by system-level protection", order_fate::refused_for_now),
    doubt(any, -1000),
    doubt(any, -1001),
    doubt(all_5xx, any),
    doubt(all_3xx, any),
    doubt(all_2xx, any),
    doubt(all_1xx, any),
    // From here on 4xx. First what was turned away before anything looked at it. A firewall's page
    // is known by its words; another page with 403 may come from behind the matching.
    turned_away(418, 0),
    order_rule{429, -1015, speaker::venue, "", order_fate::refused_for_now, wait, mends::product,
               milliseconds(0)},
    turned_away(429, 0),
    order_rule{403, any, speaker::page, "request blocked", order_fate::refused_for_now, wait,
               mends::product, milliseconds(60'000)},
    // Keys, signatures and permissions.
    refusal(-1002, reread_settings, mends::person),
    refusal(-1022, none, mends::person),
    refusal(-1099, reread_settings, mends::person),
    refusal(-2014, reread_settings, mends::person),
    refusal(-2015, reread_settings, mends::person),
    refusal(-2017, reread_settings, mends::person),
    order_rule{401, any, speaker::anybody, "", order_fate::refused, reread_settings, mends::person,
               milliseconds(0)},
    // A cause that passes.
    passing(-1003, 0),
    passing(-1008, 200),
    passing(-1015, 10'000),
    order_rule{any, -1016, speaker::venue, "", order_fate::refused_for_now, wait, mends::person,
               milliseconds(30'000)},
    // Our clock may have stood still: what truth said before may be as old.
    order_rule{any, -1021, speaker::venue, "", order_fate::refused_for_clock, reread_position,
               mends::product, milliseconds(0)},
    passing(-1112, 5'000),
    passing(-2025, 1'000, free_orders),
    passing(-4045, 1'000, free_orders),
    passing(-5041, 1'000),
    // A request that is wrong in itself: ours to mend in the code, so a person must see it.
    refusal(-1013, none, mends::person),
    refusal(-1102, none, mends::person),
    refusal(-1105, none, mends::person),
    refusal(-1106, reread_settings, mends::person),
    refusal(-1115, none, mends::person),
    refusal(-1116, none, mends::person),
    refusal(-1117, none, mends::person),
    refusal(-1128, none, mends::person),
    refusal(-1130, none, mends::person),
    refusal(-4015, none, mends::person),
    refusal(-4120, none, mends::person),
    // Quantity or price against the filters.
    refusal(-1111, fit_to_filters),
    refusal(-4002, fit_to_filters),
    refusal(-4003, fit_to_filters),
    refusal(-4004, fit_to_filters),
    refusal(-4005, fit_to_filters),
    refusal(-4013, fit_to_filters),
    refusal(-4014, fit_to_filters),
    refusal(-4016, fit_to_filters),
    refusal(-4023, fit_to_filters),
    refusal(-4024, fit_to_filters),
    refusal(-4164, fit_to_filters),
    refusal(-4183, fit_to_filters),
    refusal(-4184, fit_to_filters),
    refusal(-4210, fit_to_filters),
    refusal(-4211, fit_to_filters),
    // The symbol.
    refusal(-1121, reload_symbols),
    refusal(-1122, reload_symbols),
    refusal(-4140, reload_symbols),
    refusal(-4141, reload_symbols),
    // The position or the orders are not what we thought.
    refusal(-2010, reread_position),
    refusal(-2022, reread_position),
    refusal(-2024, reread_position),
    // The book was too thin for this much: another quantity or price is another decision.
    refusal(-2020, fit_to_filters),
    refusal(-4131, fit_to_filters),
    refusal(-4118, free_orders),
    refusal(-2011, query_order),
    refusal(-2012, query_order),
    refusal(-2013, query_order),
    // Money, leverage and modes.
    refusal(-2018, none),
    refusal(-2019, none),
    refusal(-2021, none),
    refusal(-2023, reread_position, mends::person),
    refusal(-2026, none),
    refusal(-2027, none, mends::person),
    refusal(-2028, none, mends::person),
    refusal(-4028, none),
    refusal(-4047, none),
    refusal(-4048, none),
    refusal(-4060, reread_settings, mends::person),
    refusal(-4061, reread_settings, mends::person),
    refusal(-4062, reread_settings, mends::person),
    refusal(-4067, none, mends::person),
    refusal(-4068, none, mends::person),
    refusal(-4531, none, mends::person),
    refusal(-4161, none),
    // The venue lets the account or the symbol only reduce, or not trade at all.
    refusal(-4087, only_reduce, mends::person),
    refusal(-4088, reread_settings, mends::person),
    refusal(-4109, none, mends::person),
    refusal(-4192, none, mends::person),
    refusal(-4400, only_reduce, mends::person),
    refusal(-4401, only_reduce, mends::person),
    refusal(-4405, only_reduce, mends::person),
    refusal(-4407, only_reduce, mends::person),
    refusal(-4517, only_reduce),
    refusal(-4518, only_reduce),
    refusal(-4519, only_reduce),
    // Parameters of conditional orders, and of changes to orders.
    refusal(-4135, none),
    refusal(-4137, none),
    refusal(-4138, none),
    refusal(-4139, none),
    refusal(-4142, none),
    refusal(-5024, none),
    refusal(-5025, none),
    refusal(-5026, none),
    refusal(-5027, none),
    refusal(-5029, none),
    refusal(-5043, none),
    // What was asked for could not be had at once: the order's own terms, no fault of anybody.
    refusal(-5021, none),
    refusal(-5022, none),
    // Nothing to change.
    order_rule{any, -4046, speaker::venue, "", order_fate::already_so, none, mends::product,
               milliseconds(0)},
    order_rule{any, -4059, speaker::venue, "", order_fate::already_so, none, mends::product,
               milliseconds(0)},
    order_rule{any, -4171, speaker::venue, "", order_fate::already_so, none, mends::product,
               milliseconds(0)},
};

struct read_rule {
  int http_status{any};
  int code{any};
  speaker who{speaker::anybody};
  failure_kind kind{failure_kind::venue_error};
};

inline constexpr std::array read_rules{
    read_rule{all_2xx, any, speaker::anybody, failure_kind::malformed},
    read_rule{418, any, speaker::anybody, failure_kind::banned},
    read_rule{429, any, speaker::anybody, failure_kind::rate_limited},
    // Under 503 the code is not documented and the text says what is meant.
    read_rule{503, -1003, speaker::venue, failure_kind::venue_error},
    read_rule{any, -1003, speaker::venue, failure_kind::rate_limited},
    read_rule{any, -1015, speaker::venue, failure_kind::rate_limited},
    read_rule{any, -1021, speaker::venue, failure_kind::clock_off},
    read_rule{any, -5028, speaker::venue, failure_kind::clock_off},
    read_rule{any, -1002, speaker::venue, failure_kind::refused},
    read_rule{any, -1022, speaker::venue, failure_kind::refused},
    read_rule{any, -1099, speaker::venue, failure_kind::refused},
    read_rule{any, -2014, speaker::venue, failure_kind::refused},
    read_rule{any, -2015, speaker::venue, failure_kind::refused},
    read_rule{any, -2017, speaker::venue, failure_kind::refused},
    read_rule{401, any, speaker::anybody, failure_kind::refused},
    read_rule{403, any, speaker::venue, failure_kind::refused},
    // A firewall's limit, not a fault of the key.
    read_rule{403, any, speaker::page, failure_kind::rate_limited},
    read_rule{any, -2013, speaker::venue, failure_kind::not_found},
    read_rule{any, -1121, speaker::venue, failure_kind::not_found},
    read_rule{any, -1125, speaker::venue, failure_kind::not_found},
};

}  // namespace sluice::exchange
