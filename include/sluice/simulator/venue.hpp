// The simulated exchange without sockets: requests and time in, replies and stream messages out.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/domain/side.hpp"
#include "sluice/simulator/faults.hpp"
#include "sluice/simulator/ledger.hpp"
#include "sluice/simulator/settings.hpp"
#include "sluice/simulator/symbol_change.hpp"
#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

struct venue_state;

/// What a stream client's message is answered with.
struct stream_answer {
  std::optional<std::string> text{};
  bool too_many{false};  ///< Close with 1008.
};

/// Whether a mark set from outside walks on after the next tick.
enum class mark_pin { next_tick, until_released };

/// What a person enters on the account's own screen.
struct person_order {
  symbol instrument{};
  side direction{side::buy};
  quantity amount{};
  position_side leg{position_side::both};
  std::optional<price> limit{};  ///< A resting order; none is a market order.
  bool reduce_only{false};
  std::size_t account{0};
};

/// A part of a position taken away to cover somebody else's loss.
struct deleveraging {
  symbol instrument{};
  quantity amount{};  ///< Cut to what is held.
  position_side leg{position_side::both};
  std::string execution{"CALCULATED"};  ///< The "x" of its event; TRADE is reported too.
  std::string status{"FILLED"};         ///< Its "X"; NEW_ADL is reported too.
  std::size_t account{0};
};

/// A Binance USD-M futures venue as far as facts can be met: accounts, filters, orders against a
/// book around the mark, conditional orders, one-way and hedge mode, crossed and isolated margin,
/// liquidation, funding, limits, streams. No clock, no thread, no socket; same settings, same calls
/// at the same moments, same bytes. Moments must not go backwards. Not thread-safe.
///
/// The book: best bid and ask stand `half_spread_bp` from the mark, and an order that takes from
/// them fills in 1 to `fills_max` trades, each a tick worse. Resting orders, triggers, margin and
/// funding are looked at once a tick, after the marks have moved: a resting order fills at its
/// price when the mark has reached it.
class venue {
 public:
  /// Fails when the settings do not validate, keys are missing or an initial position is
  /// impossible.
  [[nodiscard]] static result<std::unique_ptr<venue>> make(const settings& s, moment now);
  ~venue();
  venue(const venue&) = delete;
  venue& operator=(const venue&) = delete;

  /// Draws latency and faults for a request that has just arrived. Changes nothing but the draws.
  [[nodiscard]] course plan_course(const request& r, instant now);
  /// The same at the time the venue was told last.
  [[nodiscard]] course plan_course(const request& r);
  /// Draws faults for a connection that has just been opened, and for the next request on one.
  [[nodiscard]] connection_course plan_connection(instant now);
  [[nodiscard]] std::optional<request_cut> plan_request_cut(instant now,
                                                            std::string_view first_bytes);
  /// Carries a request out, `course::before` after its arrival, and gives what is to be answered.
  [[nodiscard]] reply perform(const request& r, const course& c, moment now);
  /// perform without latency and faults.
  [[nodiscard]] reply perform(const request& r, moment now);
  /// The operator's side, paths below /sim/: mark, trade, latency, fault, script, faults/clear,
  /// liquidate, order, cancel, leverage, position_mode, multi_assets, adl, settle, symbol, ledger,
  /// transcript, status. Errors are 400 {"error": text}.
  [[nodiscard]] reply control(const request& r, moment now);

  /// Opens a stream connection on a target such as "/market/stream?streams=a/b"; none: 404.
  [[nodiscard]] std::optional<stream_id> open_stream(std::string_view target);
  void close_stream(stream_id id);
  /// SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS.
  [[nodiscard]] stream_answer stream_message(stream_id id, std::string_view text, moment now);
  /// A ping or pong of the client's, which count like messages; true: close with 1008.
  [[nodiscard]] bool stream_control_frame(stream_id id, moment now);
  /// What has to be written to streams since the last call, in order.
  [[nodiscard]] std::vector<stream_delivery> take_deliveries();

  /// Does everything that has become due: mark steps with their streams and fills, countdowns,
  /// expired listen keys.
  void advance(moment now);
  /// Events of accounts that have a listen key, so far; heard or not.
  [[nodiscard]] std::uint64_t user_events() const;
  /// When advance has something to do next.
  [[nodiscard]] instant next_due() const;

  /// Sets a mark now; it is what the next tick publishes.
  [[nodiscard]] result<void> set_mark(const symbol& s, price p, mark_pin pin = mark_pin::next_tick);
  [[nodiscard]] result<void> release_mark(const symbol& s);
  [[nodiscard]] std::optional<price> mark(const symbol& s) const;
  /// A market order by a person on the account's own screen: random client id, events as usual.
  [[nodiscard]] result<ledger_order> trade(const symbol& s, side direction, quantity amount,
                                           moment now, std::size_t account = 0);
  /// The venue closes the account's position: client id autoclose-, execution type CALCULATED.
  [[nodiscard]] result<ledger_order> liquidate(const symbol& s, moment now,
                                               std::size_t account = 0);
  /// A person's order of any kind, and everything a person cancels on a symbol, conditional orders
  /// included.
  [[nodiscard]] result<ledger_order> enter(const person_order& o, moment now);
  [[nodiscard]] result<void> cancel_open(const symbol& s, moment now, std::size_t account = 0);
  [[nodiscard]] result<void> set_leverage(const symbol& s, std::int64_t leverage, moment now,
                                          std::size_t account = 0);
  [[nodiscard]] result<void> set_position_mode(bool hedged, std::size_t account = 0);
  [[nodiscard]] result<void> set_multi_assets(bool on, moment now, std::size_t account = 0);
  /// Client id adl_autoclose, always the same.
  [[nodiscard]] result<ledger_order> deleverage(const deleveraging& d, moment now);
  /// Delists a symbol: orders expire, positions are closed (settlement_autoclose-), SETTLING.
  [[nodiscard]] result<void> settle(const symbol& s, moment now);
  /// Takes effect at once, on new orders, and a new status is told on !contractInfo. Fails when
  /// nothing changes or a value is not above zero.
  [[nodiscard]] result<void> change_symbol(const symbol& s, const symbol_change& c, moment now);
  void set_latency(milliseconds latency);
  void set_latency_jitter(milliseconds jitter);
  void add_fault(const fault& f);
  void clear_faults();

  [[nodiscard]] ledger books(moment now) const;
  [[nodiscard]] std::vector<transcript_entry> transcript() const;
  [[nodiscard]] std::vector<symbol> symbols() const;  ///< Tradable ones.

 private:
  explicit venue(std::unique_ptr<venue_state> s);
  std::unique_ptr<venue_state> state_;
};

}  // namespace sluice::simulator
