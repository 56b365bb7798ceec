// A small account to reconcile with: trades that are told or not, truths that are read, a list of
// trades that can be asked for. Time passes only when a test says so.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
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
  [[nodiscard]] wall_time wall_at(instant at) const override {
    return {1'000'000 + between(instant{}, at).count()};
  }

  // ---- what happens

  void restart_with(const restored_books& found) {
    core_.emplace(*this, settings_, found, now());
    seen_ = {};
    core_->begin(done);
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
      core_->take({f, of == whose::ours, of == whose::ours ? plan : plan_id{}}, now(), done);
    return f;
  }
  /// The position changes, and no trade tells why.
  void change_without_trade(const std::string& amount) {
    held_ += qty(amount);
    changed_at_ = {wall_at(now_).ms};
  }
  /// The reconciler learns that order 900 is ours.
  void tell_own_order() { core_->order_moved({btc, false, 900, {client, plan}}, now(), done); }

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
    ++searches_;
    if (searches_fail)
      core_->trades_read(btc.instrument, read_failure{failure_kind::timed_out, 0, 0, "slow", {}},
                         now(), done);
    else
      core_->trades_read(btc.instrument, trades, now(), done);
  }
  /// Time passes with a read and a comparison every 500 ms.
  void live(std::int64_t ms) {
    for (std::int64_t passed = 0; passed < ms; passed += 500) {
      now_ += milliseconds{500};
      read();
      core_->tick(now(), done);
      core_->compare(btc, now(), done);
      core_->compare_all(now(), done);
      answer_searches();
    }
  }
  void wait(std::int64_t ms) { now_ += milliseconds{ms}; }

  // ---- what came of it

  [[nodiscard]] stamp now() const { return {now_, wall_at(now_)}; }
  [[nodiscard]] reconcile_core& core() { return *core_; }
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
  plan_id plan{"p"};
  client_order_id client{"sl-own"};

 private:
  reconcile_settings settings_;
  std::optional<reconcile_core> core_{};
  truth_view seen_{};
  quantity held_{};
  venue_time changed_at_{1};
  instant now_{at_ms(100'000)};
  trade_id last_id_{0};
  std::size_t searches_{0};
};

}  // namespace sluice::testing
