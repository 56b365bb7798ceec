// A small account to reconcile with: trades that are told or not, truths that are read, a list of
// trades that can be asked for. Time passes only when a test says so.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "books.hpp"
#include "sluice/ledger/reconcile_core.hpp"

namespace sluice::testing {

enum class whose { ours, foreign };
enum class told { yes, no };

/// One position of one symbol; the reconciler under test beside it.
class account_model final : public book_view {
 public:
  explicit account_model(reconcile_settings settings = {}) : settings_(settings) {
    restart_with({});
  }

  // ---- book_view

  [[nodiscard]] truth_view position(const position_key& key) const override {
    return key == btc ? seen_ : truth_view{};
  }
  [[nodiscard]] std::vector<position_key> open_positions() const override {
    if (std::holds_alternative<position_open>(seen_.content))
      return {btc};
    return {};
  }
  [[nodiscard]] quantity step(const symbol&) const override { return qty("0.001"); }
  [[nodiscard]] static wall_time wall_at(instant at) {
    return {1'000'000 + between(instant{}, at).count()};
  }

  // ---- what happens

  void restart_with(const restored_books& found) {
    core_.emplace(*this, settings_, found, now());
    seen_ = {};
    core().begin(done);
  }

  /// A trade of the account; `order` says whose it is once the reconciler knows that order.
  fill trade(side direction, const std::string& amount, whose of, told is_told,
             order_id order = 500) {
    auto f = a_fill(++last_id_, direction, amount, "100");
    f.traded_at = venue_time{wall_at(now_).ms};
    f.order = of == whose::ours ? 900 : order;
    f.fee = notional::parse("0.01").value();
    f.fee_asset = "USDT";
    held_ += signed_amount(f);
    changed_at_ = f.traded_at;
    trades.push_back(f);
    if (is_told == told::yes)
      core().take({f, of == whose::ours, of == whose::ours ? plan : plan_id{}}, now(), done);
    note_changes();
    return f;
  }
  /// The position changes, and no trade tells why.
  void change_without_trade(const std::string& amount) {
    held_ += qty(amount);
    changed_at_ = {wall_at(now_).ms};
  }
  /// The reconciler learns that order 900 is ours.
  void tell_own_order() { core().order_moved({btc, false, 900, {client, plan}}, now(), done); }

  void read() {
    seen_.as_of = now_;
    seen_.changed_at = changed_at_;
    seen_.version++;
    if (held_.is_zero())
      seen_.content = position_flat{};
    else
      seen_.content = position_open{held_, at_price("100")};
    if (held_.is_zero() && flat_has_no_time)
      seen_.changed_at = {};
  }
  void answer_searches() {
    while (searches_ < done.searches.size())
      answer_search();
  }
  void answer_search() {
    if (searches_fail)
      answer_search_with({failure_kind::timed_out, 0, 0, "slow", {}});
    else {
      ++searches_;
      core().trades_read(btc.instrument, trades, now(), done);
    }
  }
  void answer_search_with(const read_failure& why) {
    ++searches_;
    core().trades_read(btc.instrument, why, now(), done);
  }
  [[nodiscard]] bool search_is_open() const { return searches_ < done.searches.size(); }
  /// Time passes with a read and a comparison every 500 ms.
  void live(std::int64_t ms) {
    for (std::int64_t passed = 0; passed < ms; passed += 500) {
      now_ += milliseconds{500};
      read();
      core().tick(now(), done);
      core().compare(btc, now(), done);
      core().compare_all(now(), done);
      answer_searches();
      note_changes();
    }
  }
  void wait(std::int64_t ms) { now_ += milliseconds{ms}; }

  /// What the journal would give back now.
  [[nodiscard]] restored_books journalled() const {
    restored_books found;
    if (line())
      found.lines.push_back({*line(), line_changed_at_});
    std::vector<trade_id> waiting;  // Trades of others that no adjustment followed yet.
    for (const auto& r : done.records) {
      if (const auto* f = std::get_if<fill_recorded>(&r))
        (f->ours ? found.trade_ids[btc.instrument] : waiting).push_back(f->what.id);
      if (const auto* a = std::get_if<ledger_adjusted>(&r))
        if (a->cause != "contained" && a->cause != "reconcile_close")
          for (const auto id : std::exchange(waiting, {}))
            found.trade_ids[btc.instrument].push_back(id);
    }
    found.trade_ids_max = 1'000;
    found.own_orders.push_back({btc.instrument, 900, {client, plan}});
    for (const auto& placed : records<hold_placed>())
      found.last_hold_id = placed.what.id;
    if (standing())
      found.holds.push_back(*standing());
    return found;
  }

  // ---- what came of it

  [[nodiscard]] stamp now() const { return {now_, {wall_at(now_).ms + wall_ahead}}; }
  [[nodiscard]] reconcile_core& core() {
    core_->venue_clock(milliseconds{-wall_ahead});
    return *core_;
  }
  [[nodiscard]] quantity held() const { return held_; }
  [[nodiscard]] std::optional<ledger_line> line() const { return core_->books().line(btc); }
  [[nodiscard]] std::optional<hold> standing() const { return core_->holds().find(btc); }
  template <class Record>
  [[nodiscard]] std::vector<Record> records() const {
    std::vector<Record> found;
    for (const auto& r : done.records)
      if (const auto* one = std::get_if<Record>(&r))
        found.push_back(*one);
    return found;
  }

  reconcile_actions done{};      ///< Everything the core ever said.
  std::vector<fill> trades{};    ///< As the venue lists them.
  bool searches_fail{false};     ///< Nobody answers for trades.
  bool flat_has_no_time{false};  ///< A flat position is told by its absence.
  std::int64_t wall_ahead{0};    ///< Our wall clock, of the venue's; as measured.
  plan_id plan{"p"};
  client_order_id client{"sl-own"};

 private:
  void note_changes() {
    for (; noted_ < done.records.size(); ++noted_) {
      const auto& r = done.records[noted_];
      const auto* f = std::get_if<fill_recorded>(&r);
      if ((f && f->ours) || std::holds_alternative<ledger_adjusted>(r))
        line_changed_at_ = now().wall;
    }
  }

  reconcile_settings settings_;
  std::optional<reconcile_core> core_{};
  std::size_t noted_{0};
  wall_time line_changed_at_{};
  truth_view seen_{};
  quantity held_{};
  venue_time changed_at_{1};
  instant now_{at_ms(100'000)};
  trade_id last_id_{0};
  std::size_t searches_{0};
};

inline reconcile_settings holding_foreign() {
  reconcile_settings s;
  s.foreign = foreign_policy::hold;
  return s;
}

/// One unit long by an order of ours, known to everybody.
inline void open_by_us(account_model& a) {
  a.live(1'000);
  a.core().order_moved({btc, true, 0, {a.client, a.plan}}, a.now(), a.done);
  a.trade(side::buy, "1", whose::ours, told::yes);
  a.tell_own_order();
  a.live(2'000);
}

}  // namespace sluice::testing
