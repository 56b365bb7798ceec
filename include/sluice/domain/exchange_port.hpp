// The only thing actors see of an exchange: questions, orders and streams, answered by callbacks.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/domain/account.hpp"
#include "sluice/domain/conditional_order.hpp"
#include "sluice/domain/instrument.hpp"
#include "sluice/domain/order.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice {

/// Why a read brought nothing. A failed read says nothing about a position.
enum class failure_kind : std::uint8_t {
  unreachable,   ///< No connection, TLS refused, reset.
  timed_out,     ///< The time given had passed.
  rate_limited,  ///< 429, or our own budget has nothing left for this class.
  banned,        ///< 418; nothing may be sent before retry_at.
  clock_off,     ///< -1021: our timestamp was refused.
  refused,       ///< Key, signature or permission: -1022, -2014, -2015, 401, 403.
  malformed,     ///< An answer that is not the document it must be.
  venue_error,   ///< Any other error of the venue.
  not_found,     ///< -2013 for an order, -1121 for a symbol.
};
[[nodiscard]] std::string_view to_string(failure_kind k);

struct read_failure {
  failure_kind kind{failure_kind::unreachable};
  int http_status{0};
  int code{0};  ///< The venue's, 0 when none.
  std::string text{};
  std::optional<instant> retry_at{};  ///< When the venue will listen again, if it said so.
};

template <class T>
using read_result = boost::system::result<T, read_failure>;
/// Called by value() on a failed read: a programmer's mistake.
[[noreturn]] void throw_exception_from_error(const read_failure&, const boost::source_location&);

/// One row of a position read.
struct position_row {
  position_key position{};
  quantity amount{};  ///< Signed; zero for a symbol that only has a resting order.
  price entry{};
  price mark{};
  price liquidation{};
  notional unrealised{};
  venue_time updated_at{};
};

/// One read of positions. Under v3 a flat symbol is absent; absence means flat only inside `scope`.
struct snapshot {
  symbol scope{};     ///< Empty for the whole account.
  instant sent_at{};  ///< Just before the first byte of the request left.
  instant received_at{};
  std::vector<position_row> rows{};
};

/// What spends the request budget, most urgent first.
enum class read_class : std::uint8_t { exit_demand, entry_demand, verification, routine };
inline constexpr std::size_t read_class_count = 4;

/// Over which connection a read goes.
enum class connection_choice : std::uint8_t {
  any,    ///< One that is open, if there is one.
  fresh,  ///< One opened for it: those that are open may be dead without knowing it.
};

struct read_options {
  read_class traffic{read_class::routine};
  milliseconds timeout{2'000};
  connection_choice connection{connection_choice::any};
};

/// The venue's clock against ours: venue = wall + offset, wrong by at most `error`.
struct clock_offset {
  milliseconds offset{};
  milliseconds error{};
  instant measured_at{};
  /// When a measurement last showed that this machine had stood still together with its steady
  /// clock (suspend, a paused guest): what was known before is older than it looks.
  std::optional<instant> stood_still{};
};

/// What helps against a refusal. Advice: whoever takes it decides anew, with fresh facts.
enum class refusal_cure : std::uint8_t {
  none,             ///< The same request would be refused again.
  wait,             ///< The cause may pass by itself; the same request may be sent later.
  fit_to_filters,   ///< Quantity or price from fresh filters and position.
  reread_position,  ///< Position and open orders are not what the request assumed.
  reload_symbols,   ///< The symbol is unknown or not open for this; read the universe.
  reread_settings,  ///< Position mode or key are not what we think.
  free_orders,      ///< Too many open orders, or resting ones that compete: cancel some first.
  only_reduce,      ///< The venue lets this account or symbol only reduce.
  query_order,      ///< Ask what became of the order first: it may be done, or not open any more.
};
[[nodiscard]] std::string_view to_string(refusal_cure c);

/// The exchange did it, and says this of the order.
struct order_done {
  order_report report{};
};
/// It was definitely not done.
struct order_refused {
  int http_status{0};
  int code{0};
  std::string text{};
  bool retryable{false};  ///< The cause may pass by itself.
  std::optional<instant> retry_at{};
  refusal_cure cure{refusal_cure::none};
  bool for_operator{false};  ///< Nothing the product can mend alone: key, permission, liquidation.
};
/// Nobody can say yet; it may or may not have been done.
struct order_uncertain {
  std::string text{};
};
/// How something that changes the account ended; `Done` is what the exchange said of it.
template <class Done>
using change_outcome = std::variant<Done, order_refused, order_uncertain>;
using order_outcome = change_outcome<order_done>;
using conditional_outcome = change_outcome<conditional_done>;

/// No order of this kind rests on the symbol any more (conditional and regular ones are two kinds).
struct symbol_cleared {
  symbol instrument{};
};
/// All regular orders of the symbol will be cancelled by the venue after this long, unless armed
/// again before; zero says that the countdown is off.
struct countdown_armed {
  symbol instrument{};
  milliseconds after{};
};

/// What came over the user stream. `received_at` is ours; `occurred_at` is the venue's event time
/// moved onto our steady clock, never later than `received_at`, early by the clock error.
struct position_change {
  position_key position{};
  quantity amount{};
  price entry{};
};
/// What a balance changed by, profit and fees of trades aside; zero when the venue does not say.
struct balance_change {
  std::string asset{};
  notional change{};
};
struct account_update {
  std::string reason{};  ///< ORDER, FUNDING_FEE, MARGIN_TYPE_CHANGE, ...
  venue_time transaction_time{};
  std::vector<position_change> positions{};  ///< A delta: only what changed.
  std::vector<balance_change> balances{};
  symbol about{};  ///< Of a funding fee; empty when the venue does not say.
};
/// Leverage of a symbol or the multi-assets mode was changed, by whomever.
struct settings_update {
  symbol instrument{};       ///< Empty for the mode.
  std::int64_t leverage{0};  ///< 0 for the mode.
  std::optional<bool> multi_assets{};
};
struct order_update {
  order_report report{};
  std::string execution{};      ///< NEW, TRADE, CANCELED, CALCULATED, EXPIRED, AMENDMENT, ...
  std::optional<fill> trade{};  ///< Set when the event carries one (trade id not 0).
  std::string expiry_reason{};  ///< The venue's digit, e.g. "4"; empty when it gave none.
};
/// The stream is up and events flow from now on; whatever happened before was not seen.
struct stream_opened {};
/// The stream is down; it reopens by itself with back-off.
struct stream_closed {
  std::string reason{};
};
/// A conditional order changed. Once triggered, `report.triggered_order` names the regular order.
struct conditional_update {
  conditional_report report{};
};
struct ignored_event {
  std::string type{};
};
using user_event_body = std::variant<stream_opened, stream_closed, account_update, order_update,
                                     conditional_update, settings_update, ignored_event>;
struct user_event {
  instant received_at{};
  instant occurred_at{};
  venue_time event_time{};
  user_event_body body{};
};

struct mark_row {
  symbol instrument{};
  price mark{};
  venue_time event_time{};
  /// When the venue made it, on our clock: never later than it arrived, and as it arrived while the
  /// venue's clock is not measured.
  instant as_of{};
};
/// Mark prices that came together; `up` says whether the stream serves: its marks come, and in
/// time.
struct mark_batch {
  instant received_at{};
  bool up{true};
  bool of_stream{true};  ///< Not of a read of positions, which says nothing of the stream.
  std::string reason{};
  std::vector<mark_row> rows{};
};

/// One limit of the venue in its present window.
struct window_view {
  std::int64_t used{0};  ///< As the venue counts it, plus what is under way.
  std::int64_t limit{0};
};
/// The request budget as last known.
struct budget_view {
  std::int64_t weight_used_1m{0};  ///< As the venue counts it, plus what is under way.
  std::int64_t weight_limit_1m{0};
  std::int64_t requests_total{0};
  std::optional<instant> banned_until{};
  window_view orders_10s{};
  window_view orders_1m{};
  /// How far each class of reads may bring what is used, in percent of the limit. Orders that only
  /// reduce go as far as exits, others as far as entries.
  std::array<int, read_class_count> share_pct_max{};
  /// Pauses that the venue, or a firewall before it, asked for; none when over.
  std::optional<instant> paused_until{};
  std::optional<instant> others_paused_until{};  ///< All but exits.
  std::optional<instant> orders_paused_until{};
};

/// What the streams have done since the start.
struct stream_counts {
  std::int64_t opened{0};
  std::int64_t lost{0};
  std::int64_t overlapped{0};          ///< Changed to a fresh connection without a gap.
  std::int64_t duplicates_dropped{0};  ///< Events that both connections of an overlap brought.
  std::int64_t ignored{0};             ///< Events of kinds that say nothing to us.
};

/// An exchange. Every call returns at once; its callback is called exactly once, on a thread of the
/// port, and must not block. Reads may be repeated by the transport; an order never is.
class exchange_port {
 public:
  template <class T>
  using callback = std::function<void(T)>;

  exchange_port() = default;
  exchange_port(const exchange_port&) = delete;
  exchange_port& operator=(const exchange_port&) = delete;
  virtual ~exchange_port() = default;

  virtual void read_account(read_options, callback<read_result<snapshot>>) = 0;
  virtual void read_symbol(const symbol&, read_options, callback<read_result<snapshot>>) = 0;
  virtual void read_universe(read_options, callback<read_result<universe>>) = 0;
  virtual void read_settings(read_options, callback<read_result<account_settings>>) = 0;
  virtual void read_clock(read_options, callback<read_result<clock_offset>>) = 0;
  virtual void read_order(const symbol&, const client_order_id&, read_options,
                          callback<read_result<order_report>>) = 0;
  /// The same by the venue's number, for an order of anybody: trades name no more than that.
  virtual void read_order_numbered(const symbol&, order_id, read_options,
                                   callback<read_result<order_report>>) = 0;
  /// All trades of one order of ours; for id 0 the newest trades of the account on the symbol.
  virtual void read_fills(const symbol&, order_id, read_options,
                          callback<read_result<std::vector<fill>>>) = 0;
  virtual void place_order(const order_request&, milliseconds timeout, callback<order_outcome>) = 0;
  /// A refusal with cure query_order says that the order may not be open any more: filled,
  /// cancelled or never there.
  virtual void cancel_order(const symbol&, const client_order_id&, milliseconds timeout,
                            callback<order_outcome>) = 0;
  /// Cancels all regular orders of one symbol; conditional ones stay.
  virtual void cancel_all(const symbol&, milliseconds timeout,
                          callback<change_outcome<symbol_cleared>>) = 0;
  /// Arms (or with zero disarms) the venue's own dead man's switch for one symbol.
  virtual void arm_countdown(const symbol&, milliseconds after, milliseconds timeout,
                             callback<change_outcome<countdown_armed>>) = 0;

  virtual void place_conditional(const conditional_request&, milliseconds timeout,
                                 callback<conditional_outcome>) = 0;
  virtual void cancel_conditional(const client_order_id&, milliseconds timeout,
                                  callback<change_outcome<conditional_cancelled>>) = 0;
  virtual void cancel_all_conditionals(const symbol&, milliseconds timeout,
                                       callback<change_outcome<symbol_cleared>>) = 0;
  virtual void read_conditional(const client_order_id&, read_options,
                                callback<read_result<conditional_report>>) = 0;

  /// In all that follow an empty symbol asks for every one of the account.
  virtual void read_open_orders(const symbol&, read_options,
                                callback<read_result<std::vector<order_report>>>) = 0;
  virtual void read_open_conditionals(const symbol&, read_options,
                                      callback<read_result<std::vector<conditional_report>>>) = 0;
  virtual void read_symbol_settings(const symbol&, read_options,
                                    callback<read_result<std::vector<symbol_settings>>>) = 0;
  virtual void read_leverage_brackets(const symbol&, read_options,
                                      callback<read_result<std::vector<leverage_ladder>>>) = 0;
  virtual void read_premiums(const symbol&, read_options,
                             callback<read_result<std::vector<premium>>>) = 0;
  virtual void read_balance(read_options, callback<read_result<std::vector<asset_balance>>>) = 0;
  virtual void read_margin(read_options, callback<read_result<margin_summary>>) = 0;
  /// The account's own limits of orders, which may exceed those of exchangeInfo; also obeyed.
  virtual void read_order_limits(read_options, callback<read_result<std::vector<venue_limit>>>) = 0;

  /// Opens the user stream and keeps it open (listenKey, keep-alive, reconnect with back-off). The
  /// sink gets stream_opened and stream_closed too. At most once per port.
  virtual void open_user_stream(callback<std::vector<user_event>> sink) = 0;
  virtual void open_mark_stream(callback<mark_batch> sink) = 0;
  /// For somebody who found out that the user stream is mute though it looks alive: closes it, says
  /// so with this reason, and opens another with the key that the venue then gives (the same one
  /// while it lives). Does nothing when it is not open.
  virtual void renew_user_stream(std::string reason) = 0;

  [[nodiscard]] virtual budget_view budget() const = 0;
  /// The venue's clock as it is kept by now; none before it was measured.
  [[nodiscard]] virtual std::optional<clock_offset> clock() const = 0;
  [[nodiscard]] virtual stream_counts streams() const = 0;

  /// Ends all streams and requests; their callbacks are called with failures before it returns, and
  /// none after.
  virtual void close() = 0;
};

}  // namespace sluice
