// An exchange that answers when the test says so: every call is kept until it is answered.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::testing {

/// Single-threaded, as the test scheduler is.
class fake_exchange final : public exchange_port {
 public:
  struct pending_read {
    symbol scope{};  ///< Empty: the account.
    read_options options{};
    callback<read_result<snapshot>> answer{};
  };
  struct pending_order {
    order_request request{};
    callback<order_outcome> answer{};
  };
  struct pending_cancel {
    symbol on{};
    client_order_id id{};
    callback<order_outcome> answer{};
  };
  struct pending_conditional {
    conditional_request request{};
    callback<conditional_outcome> answer{};
  };
  struct pending_fills {
    order_id id{0};
    callback<read_result<std::vector<fill>>> answer{};
    milliseconds timeout{};
  };
  struct pending_number {
    order_id number{};
    callback<read_result<order_report>> answer{};
  };
  struct pending_query {
    client_order_id id{};
    callback<read_result<order_report>> answer{};
    milliseconds timeout{};
  };

  void read_account(read_options o, callback<read_result<snapshot>> cb) override {
    if (before_read)
      before_read();
    reads.push_back({symbol{}, o, std::move(cb)});
  }
  void read_symbol(const symbol& s, read_options o, callback<read_result<snapshot>> cb) override {
    reads.push_back({s, o, std::move(cb)});
  }
  void read_universe(read_options, callback<read_result<universe>> cb) override {
    universe_answer = std::move(cb);
  }
  void read_settings(read_options, callback<read_result<account_settings>> cb) override {
    ++settings_reads;
    cb(settings);
  }
  void read_clock(read_options, callback<read_result<clock_offset>> cb) override {
    cb(clock_offset{});
  }
  void read_order(const symbol&, const client_order_id& id, read_options o,
                  callback<read_result<order_report>> cb) override {
    queries.push_back({id, std::move(cb), o.timeout});
  }
  void read_order_numbered(const symbol&, order_id number, read_options,
                           callback<read_result<order_report>> cb) override {
    numbers_asked.push_back({number, std::move(cb)});
  }
  void read_fills(const symbol&, order_id id, read_options o,
                  callback<read_result<std::vector<fill>>> cb) override {
    if (keep_fills_reads)
      fills_reads.push_back({id, std::move(cb), o.timeout});
    else
      cb(fills);
  }
  void place_order(const order_request& r, milliseconds, callback<order_outcome> cb) override {
    if (before_order)
      before_order(r);
    placed.push_back(r);
    orders.push_back({r, std::move(cb)});
  }
  void cancel_order(const symbol& on, const client_order_id& id, milliseconds,
                    callback<order_outcome> cb) override {
    cancels.push_back({on, id, std::move(cb)});
  }
  void cancel_all(const symbol& on, milliseconds,
                  callback<change_outcome<symbol_cleared>> cb) override {
    cleared.push_back(on);
    std::erase_if(open_orders, [&](const auto& o) { return o.instrument == on; });
    cb(symbol_cleared{on});
  }
  void arm_countdown(const symbol& on, milliseconds after, milliseconds,
                     callback<change_outcome<countdown_armed>> cb) override {
    countdowns.push_back({on, after});
    cb(countdown_armed{on, after});
  }
  void place_conditional(const conditional_request& r, milliseconds,
                         callback<conditional_outcome> cb) override {
    conditionals.push_back({r, std::move(cb)});
  }
  void cancel_conditional(const client_order_id& id, milliseconds,
                          callback<change_outcome<conditional_cancelled>> cb) override {
    cancelled_conditionals.push_back(id);
    std::erase_if(open_conditionals, [&](const auto& row) { return row.client_id == id; });
    cb(conditional_cancelled{id, 0});
  }
  void cancel_all_conditionals(const symbol& on, milliseconds,
                               callback<change_outcome<symbol_cleared>> cb) override {
    conditionals_cleared.push_back(on);
    std::erase_if(open_conditionals, [&](const auto& o) { return o.instrument == on; });
    cb(symbol_cleared{on});
  }
  void read_conditional(const client_order_id&, read_options,
                        callback<read_result<conditional_report>> cb) override {
    cb(read_failure{failure_kind::not_found, 400, -2013, "no such order", {}});
  }
  void read_open_orders(const symbol&, read_options o,
                        callback<read_result<std::vector<order_report>>> cb) override {
    order_lists.push_back(o.traffic);
    cb(open_orders);
  }
  void read_open_conditionals(const symbol&, read_options,
                              callback<read_result<std::vector<conditional_report>>> cb) override {
    ++conditional_lists;
    if (conditionals_fault.empty())
      cb(open_conditionals);
    else
      cb(read_failure{failure_kind::venue_error, 503, 0, conditionals_fault, {}});
  }
  void read_symbol_settings(const symbol&, read_options,
                            callback<read_result<std::vector<symbol_settings>>> cb) override {
    cb(std::vector<symbol_settings>{});
  }
  void read_leverage_brackets(const symbol&, read_options,
                              callback<read_result<std::vector<leverage_ladder>>> cb) override {
    cb(std::vector<leverage_ladder>{});
  }
  void read_premiums(const symbol&, read_options,
                     callback<read_result<std::vector<premium>>> cb) override {
    cb(std::vector<premium>{});
  }
  void read_balance(read_options, callback<read_result<std::vector<asset_balance>>> cb) override {
    cb(std::vector<asset_balance>{});
  }
  void read_margin(read_options, callback<read_result<margin_summary>> cb) override {
    ++margin_reads;
    cb(margin_summary{});
  }
  void read_order_limits(read_options,
                         callback<read_result<std::vector<venue_limit>>> cb) override {
    cb(std::vector<venue_limit>{});
  }
  void renew_user_stream(std::string reason) override { renewals.push_back(std::move(reason)); }
  void open_user_stream(callback<std::vector<user_event>> sink) override {
    user_sink = std::move(sink);
  }
  void open_mark_stream(callback<mark_batch> sink) override { mark_sink = std::move(sink); }
  [[nodiscard]] budget_view budget() const override {
    auto seen = budget_seen;
    seen.weight_limit_1m = weight_limit_1m;
    seen.banned_until = banned_until;
    return seen;
  }
  [[nodiscard]] std::optional<clock_offset> clock() const override { return clock_seen; }
  [[nodiscard]] stream_counts streams() const override { return {}; }
  void close() override {}

  std::deque<pending_read> reads{};
  std::deque<pending_order> orders{};
  std::deque<pending_query> queries{};
  std::vector<order_request> placed{};  ///< Every order that was ever sent.
  std::vector<fill> fills{};            ///< What read_fills answers.
  bool keep_fills_reads{false};         ///< Then they wait in fills_reads instead.
  std::deque<pending_fills> fills_reads{};
  std::deque<pending_number> numbers_asked{};  ///< Whose orders these are, not answered yet.
  std::int64_t weight_limit_1m{2'400};
  budget_view budget_seen{.share_pct_max = {80, 80, 80, 80}};  ///< But for that limit and the ban.
  std::optional<clock_offset> clock_seen{};
  std::optional<instant> banned_until{};
  std::deque<pending_cancel> cancels{};
  std::deque<pending_conditional> conditionals{};
  std::vector<client_order_id> cancelled_conditionals{};
  std::vector<conditional_report> open_conditionals{};  ///< What read_open_conditionals answers.
  int conditional_lists{0};                             ///< How often that was.
  std::vector<symbol> cleared{};                        ///< Every cancel_all.
  std::vector<std::pair<symbol, milliseconds>> countdowns{};  ///< Every arm_countdown.
  std::vector<std::string> renewals{};                        ///< Every renew_user_stream.
  std::vector<order_report> open_orders{};                    ///< What read_open_orders answers.
  std::vector<read_class> order_lists{};                      ///< Every read_open_orders.
  std::string conditionals_fault{};                           ///< Then that answers this.
  std::vector<symbol> conditionals_cleared{};                 ///< Every cancel_all_conditionals.
  account_settings settings{true, false, false};
  int settings_reads{0};
  int margin_reads{0};
  callback<read_result<universe>> universe_answer{};
  callback<std::vector<user_event>> user_sink{};
  callback<mark_batch> mark_sink{};
  std::function<void(const order_request&)> before_order{};
  std::function<void()> before_read{};  ///< Of the account.
};

}  // namespace sluice::testing
