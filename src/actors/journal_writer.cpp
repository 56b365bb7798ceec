// Group commit by mailbox order: a commit message waits behind everything that arrived before it,
// unless the batch is full or somebody has waited for it long enough.
#include "sluice/actors/journal_writer.hpp"

#include "commit_pace.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// For so long nothing may have come before the journal is tidied. A plan's verdict, intent and
/// first answer follow each other faster, and none of them has to wait for that.
constexpr milliseconds quiet{20};

class journal_writer : public stage<journal_actor> {
 public:
  journal_writer(caf::actor_config& config, services given, std::unique_ptr<journal::store> store,
                 journal_options options)
      : stage(config, std::move(given)),
        store_(std::move(store)),
        options_(std::move(options)),
        pace_(options_.commit_wait) {}

  behavior_type make_behavior() override {
    return {
        [this](append& a) { take(a.bodies); },
        [this](append_durable& a) -> caf::result<appended> {
          auto promise = make_response_promise<appended>();
          if (store_->failed()) {
            promise.deliver(caf::make_error(caf::sec::runtime_error, "the journal has failed"));
            return promise;
          }
          // Before the records: a batch that they fill is committed at once.
          if (waiting_.empty())
            waiting_since_ = now();
          waiting_.push_back({promise, {}});
          take(a.bodies, &waiting_.back().known);
          return promise;
        },
        [this](const find_plan& wanted) { return find(wanted); },
        [this](const watch_records& w) { watchers_.push_back(w.watcher); },
        [this](commit_batch c) {
          if (c.batch == batches_)  // Else it has been committed already.
            commit();
        },
        [this](tick) { tidy_once_quiet(); },
        [this](drain) { commit(); },
    };
  }

  void on_exit() override {
    // What the other stages said last has been appended; without this it would be rolled back.
    commit();
    if (!store_->failed())
      if (const auto ended = store_->end(); !ended)
        fail(ended.error());
    watchers_.clear();
    waiting_.clear();
    stage::on_exit();
  }

 private:
  /// Somebody who waits until records are durable.
  struct waiter {
    caf::typed_response_promise<appended> promise;
    std::vector<known_before> known{};
  };

  caf::result<plan_found> find(const find_plan& wanted) {
    const auto hash = store_->content_hash_of(wanted.plan);
    if (!hash)
      return caf::make_error(caf::sec::runtime_error, hash.error().text);
    plan_found found{*hash == 0 ? std::nullopt : std::optional{*hash}, {}};
    if (wanted.with_verdict) {
      commit();  // A verdict that is told is durable.
      auto verdict = store_->verdict_of(wanted.plan);
      if (!verdict)
        return caf::make_error(caf::sec::runtime_error, verdict.error().text);
      found.verdict = std::move(*verdict);
    }
    return found;
  }

  /// Names what was there before in `known`, if somebody asked.
  void take(std::vector<record_body>& bodies, std::vector<known_before>* known = nullptr) {
    const auto at = now_stamp();
    last_taken_ = at.steady;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      record r{0, at, std::move(bodies[i])};
      const auto result = store_->append(r);
      if (!result) {
        log().error("journal", "append_refused", {{"why", result.error().text}});
        if (store_->failed())
          return fail(result.error());
      } else if (*result == journal::appended::written) {
        batch_.push_back(std::move(r));
        if (batch_.size() == 1)
          vitals().uncommitted_since_ms = at.wall.ms;
      } else if (known) {
        known->push_back({i, content_hash_of(r.body)});
      }
    }
    if (batch_is_full() || somebody_waited_long())
      return commit();
    if (!std::exchange(scheduled_, true))
      schedule();
  }

  void schedule() {
    const auto open = pace_.stays_open(now());
    if (open > milliseconds{0})
      delayed_send(this, open, commit_batch{batches_});
    else
      send(this, commit_batch{batches_});
  }

  [[nodiscard]] std::uint64_t content_hash_of(const record_body& body) {
    const auto* accepted = std::get_if<plan_accepted>(&body);
    if (!accepted)
      return 0;
    // Without an answer it is taken for a plan of other content, which is refused.
    const auto found = store_->content_hash_of(accepted->what.id);
    return found ? *found : 0;
  }

  [[nodiscard]] bool batch_is_full() const {
    // On a slow disk one large commit is over sooner than many.
    return !pace_.is_slow(now()) && static_cast<std::int64_t>(batch_.size()) >= options_.batch_max;
  }

  [[nodiscard]] bool somebody_waited_long() const {
    return !waiting_.empty() && now() - waiting_since_ >= pace_.takes_in(now());
  }

  void commit() {
    scheduled_ = false;
    ++batches_;
    if (store_->failed())
      return;
    const auto began = now();
    if (const auto result = store_->commit(); !result)
      return fail(result.error());
    vitals().uncommitted_since_ms = 0;
    if (!batch_.empty()) {
      pace_.committed(now() - began, now());
      vitals().commits_took_ms = pace_.both_took().count();
      vitals().committed_at_ms = now_stamp().wall.ms;
      vitals().commits += 1;
      vitals().records += batch_.size();
      metrics().add(status::metric::journal_commits);
      metrics().add(status::metric::journal_records, static_cast<double>(batch_.size()));
    }
    for (auto& w : waiting_)
      w.promise.deliver(appended{store_->last_seq(), std::move(w.known)});
    waiting_.clear();
    publish();
    look_again();
  }

  void look_again() {
    if (!std::exchange(looks_again_, true))
      delayed_send(this, quiet, tick{});
  }

  /// It takes as long as several commits.
  void tidy_once_quiet() {
    looks_again_ = false;
    if (store_->failed())
      return;
    // Nor while something waits behind this: after a long commit that came long ago.
    if (now() - last_taken_ < quiet || !batch_.empty() || others_wait())
      return look_again();
    if (const auto result = store_->tidy(); !result)
      fail(result.error());
  }

  void publish() {
    if (batch_.empty())
      return;
    const auto records = std::make_shared<const std::vector<record>>(std::move(batch_));
    batch_.clear();
    for (const auto& watcher : watchers_)
      send(watcher, records_committed{records});
  }

  void fail(const error& why) {
    log().error("journal", "commit_failed", {{"why", why.text}});
    vitals().journal_failed = true;
    for (auto& w : waiting_)
      w.promise.deliver(caf::make_error(caf::sec::runtime_error, why.text));
    waiting_.clear();
    batch_.clear();
    if (options_.failed)
      std::exchange(options_.failed, nullptr)(why);
  }

  std::unique_ptr<journal::store> store_;
  journal_options options_;
  std::vector<record> batch_{};
  std::vector<waiter> waiting_{};
  instant waiting_since_{};  ///< When the first of them was taken in.
  std::vector<records_watcher> watchers_{};
  commit_pace pace_;
  std::uint64_t batches_{0};  ///< Committed so far.
  bool scheduled_{false};
  instant last_taken_{};     ///< When records came last.
  bool looks_again_{false};  ///< Whether it is on its way.
};

}  // namespace

journal_actor spawn_journal_writer(caf::actor_system& system, services given,
                                   std::unique_ptr<journal::store> store, journal_options options) {
  if (options.thread == journal_thread::own)
    return system.spawn<journal_writer, caf::detached>(std::move(given), std::move(store),
                                                       std::move(options));
  return system.spawn<journal_writer>(std::move(given), std::move(store), std::move(options));
}

}  // namespace sluice::actors
