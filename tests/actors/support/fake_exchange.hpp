// An exchange that answers when the test says so: every call is kept until it is answered.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
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
  struct pending_fills {
    order_id id{0};
    callback<read_result<std::vector<fill>>> answer{};
  };
  struct pending_query {
    client_order_id id{};
    callback<read_result<order_report>> answer{};
  };

  void read_account(read_options o, callback<read_result<snapshot>> cb) override {
    reads.push_back({symbol{}, o, std::move(cb)});
  }
  void read_symbol(const symbol& s, read_options o, callback<read_result<snapshot>> cb) override {
    reads.push_back({s, o, std::move(cb)});
  }
  void read_universe(read_options, callback<read_result<universe>> cb) override {
    universe_answer = std::move(cb);
  }
  void read_settings(read_options, callback<read_result<account_settings>> cb) override {
    cb(settings);
  }
  void read_clock(read_options, callback<read_result<clock_offset>> cb) override {
    cb(clock_offset{});
  }
  void read_order(const symbol&, const client_order_id& id, read_options,
                  callback<read_result<order_report>> cb) override {
    queries.push_back({id, std::move(cb)});
  }
  void read_fills(const symbol&, order_id id, read_options,
                  callback<read_result<std::vector<fill>>> cb) override {
    if (keep_fills_reads)
      fills_reads.push_back({id, std::move(cb)});
    else
      cb(fills);
  }
  void place_order(const order_request& r, milliseconds, callback<order_outcome> cb) override {
    if (before_order)
      before_order(r);
    placed.push_back(r);
    orders.push_back({r, std::move(cb)});
  }
  void open_user_stream(callback<std::vector<user_event>> sink) override {
    user_sink = std::move(sink);
  }
  void open_mark_stream(callback<mark_batch> sink) override { mark_sink = std::move(sink); }
  [[nodiscard]] budget_view budget() const override {
    return {0, weight_limit_1m, 0, banned_until};
  }
  void close() override {}

  std::deque<pending_read> reads{};
  std::deque<pending_order> orders{};
  std::deque<pending_query> queries{};
  std::vector<order_request> placed{};  ///< Every order that was ever sent.
  std::vector<fill> fills{};            ///< What read_fills answers.
  bool keep_fills_reads{false};         ///< Then they wait in fills_reads instead.
  std::deque<pending_fills> fills_reads{};
  std::int64_t weight_limit_1m{2'400};
  std::optional<instant> banned_until{};
  account_settings settings{true, false, false};
  callback<read_result<universe>> universe_answer{};
  callback<std::vector<user_event>> user_sink{};
  callback<mark_batch> mark_sink{};
  std::function<void(const order_request&)> before_order{};
};

}  // namespace sluice::testing
