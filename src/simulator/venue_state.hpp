// Everything the venue consists of, in one place for the endpoints to work on.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "algo_desk.hpp"
#include "countdowns.hpp"
#include "fault_book.hpp"
#include "frozen_reads.hpp"
#include "limits.hpp"
#include "listen_keys.hpp"
#include "order_desk.hpp"
#include "signature.hpp"
#include "sluice/simulator/venue.hpp"
#include "stream_hub.hpp"
#include "venue_faults.hpp"

namespace sluice::simulator {

/// How a forced close is called and told.
struct forced_style {
  std::string client_id{};
  std::string execution{"CALCULATED"};
  std::string final_status{"FILLED"};
  bool free_of_fee{false};
};

struct venue_state {
  explicit venue_state(const settings& s, moment now);

  settings chosen;
  listing instruments;
  exchange_info info;
  mark_board marks;
  std::vector<account> accounts;
  std::vector<signature_check> signatures;  ///< Of each account.
  order_desk desk;
  algo_desk algos;
  weight_limiter weight;
  listen_keys keys;
  stream_hub streams;
  fault_book faults;
  frozen_reads frozen{};
  venue_faults mishaps{};
  random_source jitter;
  countdowns timers{};
  random_source event_shuffle;
  random_source batch_turns;  ///< In which turn the orders of a batch come.
  instant began{};
  instant seen{};  ///< The latest time the venue was told.
  std::deque<transcript_entry> transcript{};
  std::uint64_t requests{0};
  instant next_tick{};
  std::int64_t next_funding_ms{0};
  std::vector<bool> warned{};  ///< Accounts that had their margin call.
  /// Of each account: isolated positions that had theirs.
  std::vector<std::set<std::pair<symbol, position_side>>> warned_isolated{};

  /// Every call from outside begins here: takes the time, lets happen what the script has for it,
  /// and gives the time back as the venue's own clock has it.
  moment meet(moment now);
  [[nodiscard]] milliseconds since(instant now) const {
    return std::chrono::duration_cast<milliseconds>(now - began);
  }
  [[nodiscard]] std::optional<std::size_t> account_of(std::string_view api_key) const;
  [[nodiscard]] outcome<ledger_order> place(std::size_t owner, order_draft d, moment now);
  /// Sends what the desks have to tell to the accounts' streams, and settles what follows of it.
  void publish(moment now);
  /// What the marks of a tick lead to: fills, triggers, liquidations.
  void after_tick(moment now);
  /// Every eight hours of the venue's clock; one that was slept through is paid once.
  void pay_funding(moment now);
  /// Liquidates accounts whose balance no longer keeps their positions, and warns before.
  void check_margins(moment now);
  /// Warns of and closes isolated positions that are not kept by what was set aside for them.
  void check_isolated(std::size_t owner, moment now);
  /// Ends the symbol's orders and closes the leg; the insurance fund bears what the position loses
  /// beyond its own wallet.
  void liquidate_isolated(std::size_t owner, const instrument& i, position_side leg, moment now);
  /// The insurance fund pays, and the account hears of it.
  void insure(std::size_t owner, notional amount, moment now);
  /// Cancels everything, then closes crossed positions, the heaviest first, until the rest is kept.
  void liquidate(std::size_t owner, moment now);
  /// Closes a position by force. The amount is cut to what is held; -2022 when that is nothing.
  [[nodiscard]] outcome<ledger_order> force_close(std::size_t owner, const instrument& i,
                                                  position_side leg, quantity amount,
                                                  const forced_style& style, moment now);
  /// The change must have no fault.
  void change_symbol(const instrument& i, const symbol_change& c, moment now);
  /// Takes a symbol off: orders expire, positions are closed at mark, status SETTLING.
  void settle(const instrument& i, moment now);
  void run_countdowns(moment now);
  /// -4028, -2027, -2028; tells ACCOUNT_CONFIG_UPDATE when it changes.
  [[nodiscard]] std::optional<venue_error> change_leverage(std::size_t owner, const instrument& i,
                                                           std::int64_t leverage, moment now);
  /// -4046, -4047, -4048, -4168; tells ACCOUNT_UPDATE.
  [[nodiscard]] std::optional<venue_error> change_margin(std::size_t owner, const instrument& i,
                                                         margin_type m, moment now);
  /// -4167, -4171; tells ACCOUNT_CONFIG_UPDATE.
  [[nodiscard]] std::optional<venue_error> change_multi_assets(std::size_t owner, bool on,
                                                               moment now);
  /// -4059, -4067, -4068; no event tells of it.
  [[nodiscard]] std::optional<venue_error> change_position_mode(std::size_t owner, bool hedged);
  void record(const request& r, const course& c, const reply& out, moment now);
};

/// One request on its way to an endpoint: checked as far as the endpoint's security asks.
struct call {
  const request& raw;
  const parameters& given;
  moment now;
  std::size_t owner;                  ///< Index of the account; meaningless for public endpoints.
  std::optional<fill_terms> fills{};  ///< Of the order it places.
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
  bool matched{false};  ///< Its timestamp is looked at again by the matching engine.
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
/// The order that orderId or origClientOrderId names, of that symbol; null when there is none.
[[nodiscard]] outcome<const ledger_order*> named_order(venue_state& v, const call& c,
                                                       const instrument& what);
/// The headers that tell how much of the order limits is used.
void add_order_counts(reply& out, const order_limiter& l, venue_time now);
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
reply get_symbol_config(venue_state& v, const call& c);
reply get_leverage_bracket(venue_state& v, const call& c);
reply get_order_limits(venue_state& v, const call& c);
reply get_commission_rate(venue_state& v, const call& c);
reply get_position_mode(venue_state& v, const call& c);
reply post_position_mode(venue_state& v, const call& c);
reply get_multi_assets(venue_state& v, const call& c);
reply post_multi_assets(venue_state& v, const call& c);
reply post_leverage(venue_state& v, const call& c);
reply post_margin_type(venue_state& v, const call& c);
reply post_order(venue_state& v, const call& c);
reply post_order_test(venue_state& v, const call& c);
reply put_order(venue_state& v, const call& c);
reply post_batch_orders(venue_state& v, const call& c);
reply put_batch_orders(venue_state& v, const call& c);
reply delete_batch_orders(venue_state& v, const call& c);
reply delete_all_open_orders(venue_state& v, const call& c);
reply post_countdown(venue_state& v, const call& c);
reply get_open_order(venue_state& v, const call& c);
reply get_all_orders(venue_state& v, const call& c);
reply get_order(venue_state& v, const call& c);
reply delete_order(venue_state& v, const call& c);
reply get_open_orders(venue_state& v, const call& c);
reply get_user_trades(venue_state& v, const call& c);
reply get_force_orders(venue_state& v, const call& c);
reply post_algo_order(venue_state& v, const call& c);
reply get_algo_order(venue_state& v, const call& c);
reply delete_algo_order(venue_state& v, const call& c);
reply get_open_algo_orders(venue_state& v, const call& c);
reply get_all_algo_orders(venue_state& v, const call& c);
reply delete_algo_open_orders(venue_state& v, const call& c);

}  // namespace sluice::simulator
