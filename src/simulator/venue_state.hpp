// Everything the venue consists of, in one place for the endpoints to work on.
#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "fault_book.hpp"
#include "limits.hpp"
#include "listen_keys.hpp"
#include "order_desk.hpp"
#include "sluice/simulator/venue.hpp"
#include "stream_hub.hpp"
#include "venue_faults.hpp"

namespace sluice::simulator {

struct venue_state {
  explicit venue_state(const settings& s, moment now);

  settings chosen;
  listing instruments;
  exchange_info info;
  mark_board marks;
  std::vector<account> accounts;
  order_desk desk;
  weight_limiter weight;
  listen_keys keys;
  stream_hub streams;
  fault_book faults;
  venue_faults mishaps{};
  random_source jitter;
  instant began{};
  instant seen{};  ///< The latest time the venue was told.
  std::deque<transcript_entry> transcript{};
  std::uint64_t requests{0};
  instant next_tick{};

  /// Every call from outside begins here: takes the time, lets happen what the script has for it,
  /// and gives the time back as the venue's own clock has it.
  moment meet(moment now);
  [[nodiscard]] milliseconds since(instant now) const {
    return std::chrono::duration_cast<milliseconds>(now - began);
  }
  [[nodiscard]] std::optional<std::size_t> account_of(std::string_view api_key) const;
  [[nodiscard]] outcome<ledger_order> place(std::size_t owner, order_draft d, moment now);
  void record(const request& r, const course& c, const reply& out, moment now);
};

/// One request on its way to an endpoint: checked as far as the endpoint's security asks.
struct call {
  const request& raw;
  const parameters& given;
  moment now;
  std::size_t owner;  ///< Index of the account; meaningless for public endpoints.
};

enum class security : std::uint8_t { none, key, signature };

/// One row of the venue's table of endpoints.
struct endpoint {
  std::string_view method;
  std::string_view path;
  security needs;
  std::int64_t weight;              ///< With a symbol, or always.
  std::int64_t weight_all_symbols;  ///< Without a symbol parameter.
  reply (*handle)(venue_state&, const call&);
};

/// What a request leads to; `path_known` tells a wrong path from a wrong method.
struct endpoint_match {
  const endpoint* found{nullptr};
  bool path_known{false};
};
[[nodiscard]] endpoint_match find_endpoint(std::string_view method, std::string_view path);

/// The instrument a parameter names: -1102 when missing, -1121 when unknown.
[[nodiscard]] outcome<const instrument*> named_instrument(const venue_state& v,
                                                          const parameters& p);
[[nodiscard]] reply json_reply(std::string body);
[[nodiscard]] reply refuse_too_many(const venue_state& v, const too_many& t);

reply get_ping(venue_state& v, const call& c);
reply get_time(venue_state& v, const call& c);
reply get_exchange_info(venue_state& v, const call& c);
reply get_premium_index(venue_state& v, const call& c);
reply get_position_risk(venue_state& v, const call& c);
reply get_account(venue_state& v, const call& c);
reply get_balance(venue_state& v, const call& c);
reply get_account_config(venue_state& v, const call& c);
reply post_listen_key(venue_state& v, const call& c);
reply put_listen_key(venue_state& v, const call& c);
reply delete_listen_key(venue_state& v, const call& c);
reply post_order(venue_state& v, const call& c);
reply get_order(venue_state& v, const call& c);
reply delete_order(venue_state& v, const call& c);
reply get_open_orders(venue_state& v, const call& c);
reply get_user_trades(venue_state& v, const call& c);

}  // namespace sluice::simulator
