// An exchange that passes every call on and lets a benchmark see when events came and orders left.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::bench {

/// Each is called on the thread that the call or event came on, before it is passed on.
struct observers {
  std::function<void(const order_request&)> order = [](const order_request&) {};
  std::function<void(const std::vector<user_event>&)> events = [](const auto&) {};
  std::function<void(const mark_batch&)> marks = [](const mark_batch&) {};
  std::function<void(const read_result<snapshot>&)> reads = [](const auto&) {};
};

class observed_exchange final : public exchange_port {
 public:
  observed_exchange(std::shared_ptr<exchange_port> real, observers seen)
      : real_(std::move(real)), seen_(std::move(seen)) {}

  void read_account(read_options o, callback<read_result<snapshot>> cb) override {
    real_->read_account(o, observed(std::move(cb)));
  }
  void read_symbol(const symbol& s, read_options o, callback<read_result<snapshot>> cb) override {
    real_->read_symbol(s, o, observed(std::move(cb)));
  }
  void read_universe(read_options o, callback<read_result<universe>> cb) override {
    real_->read_universe(o, std::move(cb));
  }
  void read_settings(read_options o, callback<read_result<account_settings>> cb) override {
    real_->read_settings(o, std::move(cb));
  }
  void read_clock(read_options o, callback<read_result<clock_offset>> cb) override {
    real_->read_clock(o, std::move(cb));
  }
  void read_order(const symbol& s, const client_order_id& id, read_options o,
                  callback<read_result<order_report>> cb) override {
    real_->read_order(s, id, o, std::move(cb));
  }
  void read_order_numbered(const symbol& s, order_id number, read_options o,
                           callback<read_result<order_report>> cb) override {
    real_->read_order_numbered(s, number, o, std::move(cb));
  }
  void read_fills(const symbol& s, order_id id, read_options o,
                  callback<read_result<std::vector<fill>>> cb) override {
    real_->read_fills(s, id, o, std::move(cb));
  }
  void place_order(const order_request& r, milliseconds t, callback<order_outcome> cb) override {
    seen_.order(r);
    real_->place_order(r, t, std::move(cb));
  }
  void cancel_order(const symbol& s, const client_order_id& id, milliseconds t,
                    callback<order_outcome> cb) override {
    real_->cancel_order(s, id, t, std::move(cb));
  }
  void cancel_all(const symbol& s, milliseconds t,
                  callback<change_outcome<symbol_cleared>> cb) override {
    real_->cancel_all(s, t, std::move(cb));
  }
  void arm_countdown(const symbol& s, milliseconds after, milliseconds t,
                     callback<change_outcome<countdown_armed>> cb) override {
    real_->arm_countdown(s, after, t, std::move(cb));
  }
  void place_conditional(const conditional_request& r, milliseconds t,
                         callback<conditional_outcome> cb) override {
    real_->place_conditional(r, t, std::move(cb));
  }
  void cancel_conditional(const client_order_id& id, milliseconds t,
                          callback<change_outcome<conditional_cancelled>> cb) override {
    real_->cancel_conditional(id, t, std::move(cb));
  }
  void cancel_all_conditionals(const symbol& s, milliseconds t,
                               callback<change_outcome<symbol_cleared>> cb) override {
    real_->cancel_all_conditionals(s, t, std::move(cb));
  }
  void read_conditional(const client_order_id& id, read_options o,
                        callback<read_result<conditional_report>> cb) override {
    real_->read_conditional(id, o, std::move(cb));
  }
  void read_open_orders(const symbol& s, read_options o,
                        callback<read_result<std::vector<order_report>>> cb) override {
    real_->read_open_orders(s, o, std::move(cb));
  }
  void read_open_conditionals(const symbol& s, read_options o,
                              callback<read_result<std::vector<conditional_report>>> cb) override {
    real_->read_open_conditionals(s, o, std::move(cb));
  }
  void read_symbol_settings(const symbol& s, read_options o,
                            callback<read_result<std::vector<symbol_settings>>> cb) override {
    real_->read_symbol_settings(s, o, std::move(cb));
  }
  void read_leverage_brackets(const symbol& s, read_options o,
                              callback<read_result<std::vector<leverage_ladder>>> cb) override {
    real_->read_leverage_brackets(s, o, std::move(cb));
  }
  void read_premiums(const symbol& s, read_options o,
                     callback<read_result<std::vector<premium>>> cb) override {
    real_->read_premiums(s, o, std::move(cb));
  }
  void read_balance(read_options o, callback<read_result<std::vector<asset_balance>>> cb) override {
    real_->read_balance(o, std::move(cb));
  }
  void read_margin(read_options o, callback<read_result<margin_summary>> cb) override {
    real_->read_margin(o, std::move(cb));
  }
  void read_order_limits(read_options o,
                         callback<read_result<std::vector<venue_limit>>> cb) override {
    real_->read_order_limits(o, std::move(cb));
  }
  void open_user_stream(callback<std::vector<user_event>> sink) override {
    real_->open_user_stream([this, sink = std::move(sink)](std::vector<user_event> events) {
      seen_.events(events);
      sink(std::move(events));
    });
  }
  void open_mark_stream(callback<mark_batch> sink) override {
    real_->open_mark_stream([this, sink = std::move(sink)](mark_batch batch) {
      seen_.marks(batch);
      sink(std::move(batch));
    });
  }
  void renew_user_stream(std::string reason) override {
    real_->renew_user_stream(std::move(reason));
  }
  [[nodiscard]] budget_view budget() const override { return real_->budget(); }
  [[nodiscard]] std::optional<clock_offset> clock() const override { return real_->clock(); }
  [[nodiscard]] stream_counts streams() const override { return real_->streams(); }
  void close() override { real_->close(); }

 private:
  callback<read_result<snapshot>> observed(callback<read_result<snapshot>> told) {
    return [this, told = std::move(told)](read_result<snapshot> r) {
      seen_.reads(r);
      told(std::move(r));
    };
  }

  std::shared_ptr<exchange_port> real_;
  observers seen_;
};

}  // namespace sluice::bench
