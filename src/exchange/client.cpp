// The exchange port over session and streams: every call is handed to the loop, every answer comes
// once.
#include "sluice/exchange/client.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "changes.hpp"
#include "inbox.hpp"
#include "mark_stream.hpp"
#include "questions.hpp"
#include "session.hpp"
#include "understood.hpp"
#include "user_stream.hpp"

namespace sluice::exchange {
namespace {

constexpr std::string_view closed_text = "the client is closed";

class client final : public exchange_port {
 public:
  client(const settings& chosen, credentials keys, signer signs, extras additions,
         std::unique_ptr<tls_context> tls)
      : chosen_(chosen),
        loop_(additions.look_up),
        tls_(std::move(tls)),
        session_(loop_, *tls_, chosen, std::move(keys), std::move(signs), std::move(additions)) {}
  ~client() override { close(); }

  void read_account(read_options options, callback<read_result<snapshot>> done) override {
    ask(std::move(done), [options](session& venue, auto answer) {
      ask_positions(venue, symbol{}, options, std::move(answer));
    });
  }
  void read_symbol(const symbol& one, read_options options,
                   callback<read_result<snapshot>> done) override {
    ask(std::move(done), [one, options](session& venue, auto answer) {
      ask_positions(venue, one, options, std::move(answer));
    });
  }
  void read_universe(read_options options, callback<read_result<universe>> done) override {
    ask(std::move(done), [options](session& venue, auto answer) {
      ask_universe(venue, options, std::move(answer));
    });
  }
  void read_settings(read_options options, callback<read_result<account_settings>> done) override {
    ask(std::move(done), [options](session& venue, auto answer) {
      ask_settings(venue, options, std::move(answer));
    });
  }
  void read_clock(read_options options, callback<read_result<clock_offset>> done) override {
    ask(std::move(done), [options](session& venue, auto answer) {
      venue.measure_clock(options, std::move(answer));
    });
  }
  void read_order(const symbol& on, const client_order_id& id, read_options options,
                  callback<read_result<order_report>> done) override {
    ask(std::move(done), [on, id, options](session& venue, auto answer) {
      ask_order(venue, on, id, options, std::move(answer));
    });
  }
  void read_order_numbered(const symbol& on, order_id number, read_options options,
                           callback<read_result<order_report>> done) override {
    ask(std::move(done), [on, number, options](session& venue, auto answer) {
      ask_order_numbered(venue, on, number, options, std::move(answer));
    });
  }
  void read_fills(const symbol& on, order_id id, read_options options,
                  callback<read_result<std::vector<fill>>> done) override {
    ask(std::move(done), [on, id, options](session& venue, auto answer) {
      ask_fills(venue, on, id, options, std::move(answer));
    });
  }

  void place_order(const order_request& wanted, milliseconds timeout,
                   callback<order_outcome> done) override {
    order(std::move(done), [wanted, timeout, asked = session_.now()](session& venue, auto answer) {
      send_order(venue, wanted, asked, timeout, std::move(answer));
    });
  }
  void cancel_order(const symbol& on, const client_order_id& id, milliseconds timeout,
                    callback<order_outcome> done) override {
    order(std::move(done), [on, id, timeout](session& venue, auto answer) {
      send_cancel(venue, on, id, timeout, std::move(answer));
    });
  }
  void cancel_all(const symbol& on, milliseconds timeout,
                  callback<change_outcome<symbol_cleared>> done) override {
    order(std::move(done), [on, timeout](session& venue, auto answer) {
      send_clear(venue, clears::orders, on, timeout, std::move(answer));
    });
  }
  void arm_countdown(const symbol& on, milliseconds after, milliseconds timeout,
                     callback<change_outcome<countdown_armed>> done) override {
    order(std::move(done), [on, after, timeout](session& venue, auto answer) {
      send_countdown(venue, on, after, timeout, std::move(answer));
    });
  }
  void place_conditional(const conditional_request& wanted, milliseconds timeout,
                         callback<conditional_outcome> done) override {
    order(std::move(done), [wanted, timeout, asked = session_.now()](session& venue, auto answer) {
      send_conditional(venue, wanted, asked, timeout, std::move(answer));
    });
  }
  void cancel_conditional(const client_order_id& id, milliseconds timeout,
                          callback<change_outcome<conditional_cancelled>> done) override {
    order(std::move(done), [id, timeout](session& venue, auto answer) {
      send_conditional_cancel(venue, id, timeout, std::move(answer));
    });
  }
  void cancel_all_conditionals(const symbol& on, milliseconds timeout,
                               callback<change_outcome<symbol_cleared>> done) override {
    order(std::move(done), [on, timeout](session& venue, auto answer) {
      send_clear(venue, clears::conditionals, on, timeout, std::move(answer));
    });
  }
  void read_conditional(const client_order_id& id, read_options options,
                        callback<read_result<conditional_report>> done) override {
    ask(std::move(done), [id, options](session& venue, auto answer) {
      ask_conditional(venue, id, options, std::move(answer));
    });
  }
  void read_open_orders(const symbol& on, read_options options,
                        callback<read_result<std::vector<order_report>>> done) override {
    ask_scoped(std::move(done), on, options, ask_open_orders);
  }
  void read_open_conditionals(
      const symbol& on, read_options options,
      callback<read_result<std::vector<conditional_report>>> done) override {
    ask_scoped(std::move(done), on, options, ask_open_conditionals);
  }
  void read_symbol_settings(const symbol& on, read_options options,
                            callback<read_result<std::vector<symbol_settings>>> done) override {
    ask_scoped(std::move(done), on, options, ask_symbol_settings);
  }
  void read_leverage_brackets(const symbol& on, read_options options,
                              callback<read_result<std::vector<leverage_ladder>>> done) override {
    ask_scoped(std::move(done), on, options, ask_leverage_brackets);
  }
  void read_premiums(const symbol& on, read_options options,
                     callback<read_result<std::vector<premium>>> done) override {
    ask_scoped(std::move(done), on, options, ask_premiums);
  }
  void read_balance(read_options options,
                    callback<read_result<std::vector<asset_balance>>> done) override {
    ask(std::move(done),
        [options](session& venue, auto answer) { ask_balance(venue, options, std::move(answer)); });
  }
  void read_margin(read_options options, callback<read_result<margin_summary>> done) override {
    ask(std::move(done),
        [options](session& venue, auto answer) { ask_margin(venue, options, std::move(answer)); });
  }
  void read_order_limits(read_options options,
                         callback<read_result<std::vector<venue_limit>>> done) override {
    ask(std::move(done), [options](session& venue, auto answer) {
      ask_order_limits(venue, options, std::move(answer));
    });
  }

  void open_user_stream(callback<std::vector<user_event>> sink) override {
    (void)enter([this, sink = std::move(sink)]() mutable {
      if (user_)
        return session_.log(log_level::error, "user_stream_twice", "it is open already");
      session_.keep_clock();
      user_ = std::make_unique<user_stream>(loop_, *tls_, session_, chosen_, std::move(sink));
      user_->start();
    });
  }
  void open_mark_stream(callback<mark_batch> sink) override {
    (void)enter([this, sink = std::move(sink)]() mutable {
      if (marks_)
        return session_.log(log_level::error, "mark_stream_twice", "it is open already");
      session_.keep_clock();
      marks_ = std::make_unique<mark_stream>(loop_, *tls_, session_, chosen_, std::move(sink));
      marks_->start();
    });
  }

  void renew_user_stream(std::string reason) override {
    (void)enter([this, reason = std::move(reason)] {
      if (user_)
        user_->renew(reason);
    });
  }

  [[nodiscard]] budget_view budget() const override { return session_.budget(); }
  [[nodiscard]] std::optional<clock_offset> clock() const override { return session_.clock(); }
  [[nodiscard]] stream_counts streams() const override { return session_.counters().view(); }

  void close() override;

 private:
  [[nodiscard]] bool enter(std::function<void()> work) {
    return inbox_.put(loop_, std::move(work));
  }

  template <class T, class Question>
  void ask(callback<read_result<T>> done, Question question) {
    auto answer = std::make_shared<callback<read_result<T>>>(std::move(done));
    const bool taken = enter([this, answer, question = std::move(question)] {
      session_.keep_clock();
      question(session_, std::move(*answer));
    });
    if (!taken)
      (*answer)(
          read_failure{failure_kind::unreachable, 0, 0, std::string(closed_text), std::nullopt});
  }

  template <class T, class Question>
  void ask_scoped(callback<read_result<T>> done, const symbol& on, read_options options,
                  Question question) {
    ask(std::move(done), [on, options, question](session& venue, auto answer) {
      question(venue, on, options, std::move(answer));
    });
  }

  template <class Outcome, class Change>
  void order(callback<Outcome> done, Change change) {
    auto answer = std::make_shared<callback<Outcome>>(std::move(done));
    const bool taken = enter([this, answer, change = std::move(change)] {
      session_.keep_clock();
      change(session_, std::move(*answer));
    });
    if (!taken)
      (*answer)(not_sent(std::string(closed_text)));
  }

  void shut_down();
  void close_streams() {
    if (user_)
      user_->close();
    if (marks_)
      marks_->close();
  }

  settings chosen_;
  io_loop loop_;
  std::unique_ptr<tls_context> tls_;
  session session_;
  inbox inbox_{};
  std::unique_ptr<user_stream> user_{};
  std::unique_ptr<mark_stream> marks_{};
  std::mutex done_mutex_{};
  std::condition_variable done_changed_{};
  bool shut_down_{false};
};

/// Loop thread: what was asked before is started, so that it can fail in the one ordinary way.
void client::shut_down() {
  close_streams();
  session_.close();
  inbox_.run_all();
  close_streams();  // Those that the last call may have opened.
  const std::lock_guard lock(done_mutex_);
  shut_down_ = true;
  done_changed_.notify_all();
}

void client::close() {
  const bool first = inbox_.shut();
  if (loop_.on_loop_thread()) {
    if (first)
      shut_down();
    return;
  }
  if (first)
    loop_.post([this] { shut_down(); });
  std::unique_lock lock(done_mutex_);
  done_changed_.wait(lock, [this] { return shut_down_; });
  loop_.stop();  // Under the lock, since two threads may close at the same time.
}

std::string join(const std::vector<fault>& faults) {
  std::string text;
  for (const auto& one : faults)
    text += (text.empty() ? "" : "; ") + one.field + " " + one.text;
  return text;
}

/// A key goes into a header: a line break in it would start another one.
bool fits_header(const secret& key) {
  const auto bytes = key.reveal();
  return !bytes.empty() &&
         std::all_of(bytes.begin(), bytes.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

result<std::unique_ptr<exchange_port>> make_client(const settings& chosen, credentials keys,
                                                   extras additions) {
  if (const auto faults = chosen.validate(); !faults.empty())
    return fail(errc::invalid_value, join(faults));
  if (!fits_header(keys.api_key))
    return fail(errc::invalid_value, "the API key is empty or has bytes that no key has");
  auto signs = signer::make(chosen.key, std::move(keys.api_secret));
  if (!signs)
    return signs.error();
  auto tls = tls_context::make(chosen.ca_file, additions.ca_pem);
  if (!tls)
    return tls.error();
  if (!additions.steady_now)
    additions.steady_now = [] { return std::chrono::steady_clock::now(); };
  if (!additions.wall_now)
    additions.wall_now = [] {
      const auto since = std::chrono::system_clock::now().time_since_epoch();
      return wall_time{std::chrono::duration_cast<milliseconds>(since).count()};
    };
  return std::make_unique<client>(chosen, std::move(keys), std::move(*signs), std::move(additions),
                                  std::move(*tls));
}

}  // namespace sluice::exchange
