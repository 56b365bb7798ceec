// Both threads are the same loop: connect, work until something fails, tell it, pause.
#include "redis_link.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <span>
#include <utility>

#include "redis_reader.hpp"
#include "redis_refusals.hpp"
#include "redis_rights.hpp"
#include "sluice/exchange/backoff.hpp"

namespace sluice::actors {

using std::chrono::steady_clock;

struct redis_link::shared {
  redis_link_options options{};
  exchange::secret password{};
  std::shared_ptr<redis::interrupter> stop_reading{std::make_shared<redis::interrupter>()};
  std::shared_ptr<redis::interrupter> stop_writing{std::make_shared<redis::interrupter>()};
  std::shared_ptr<redis::interrupter> stop_asking{std::make_shared<redis::interrupter>()};

  [[nodiscard]] result<std::unique_ptr<redis::client>> connect(
      const std::shared_ptr<redis::interrupter>& stop) const {
    const auto& s = options.settings;
    const auto where = redis::parse_address(s.address);
    if (!where)
      return where.error();
    redis::client_options o;
    o.where = *where;
    o.username = s.username;
    o.password = password.reveal();
    o.database = s.database;
    o.connect_timeout = s.connect_timeout;
    o.command_timeout = s.command_timeout;
    o.stop = stop;
    return redis::client::connect(o);
  }
};

namespace {

constexpr std::size_t jobs_per_turn = 128;
/// A connection without work is asked this often whether it still stands.
constexpr milliseconds idle_max{1'000};

result<void> taking_writes(std::span<const redis::reply> replies) {
  if (const auto* refusal = refusal_of_writes(replies))
    return fail(errc::io_failure, "the server takes no writes: " + refusal->text);
  return {};
}

/// By a write that changes nothing, since no entry can have this id: a replica answers PING like
/// its master, and refuses this. It needs no right that is not needed anyway; any other refusal is
/// an answer.
result<void> prove_life(redis::client& link, const redis::settings& s) {
  const auto answer = link.run({"XACK", s.stream, s.group, "0-0"});
  if (!answer)
    return answer.error();
  return taking_writes({&*answer, 1});
}

/// Does jobs over one connection until it fails, or until its server takes no writes any more: the
/// same name may lead to another one by then.
class job_runner {
 public:
  job_runner(const redis_link_options& options, redis::client& link)
      : options_(options), link_(link) {}

  /// Calls `proven` each time the server has answered. Gives what failed.
  error run(const std::stop_token& stop, const std::function<void()>& proven) {
    while (!stop.stop_requested()) {
      const auto jobs = options_.outbox->take(stop, jobs_per_turn, idle_max);
      if (auto done = jobs.empty() ? prove_life(link_, options_.settings) : run_all(jobs); !done)
        return done.error();
      proven();
    }
    return fail(errc::io_failure, "ending");
  }

 private:
  result<void> run_all(const std::vector<redis_job>& jobs) {
    std::vector<redis::command> commands;
    for (const auto& job : jobs) {
      const bool several = job.commands.size() > 1;
      if (several)
        commands.push_back({"MULTI"});
      commands.insert(commands.end(), job.commands.begin(), job.commands.end());
      if (several)
        commands.push_back({"EXEC"});
    }
    const auto replies = link_.run_all(commands);
    auto answers = std::make_shared<std::vector<redis_answer>>();
    std::size_t at = 0;
    for (const auto& job : jobs) {
      const auto count = job.commands.size() + (job.commands.size() > 1 ? 2 : 0);
      if (!replies)
        answers->push_back({job.number, redis_outcome::lost, replies.error().text});
      else
        answers->push_back(answer_of(job, std::span{*replies}.subspan(at, count)));
      at += count;
    }
    options_.tell.answered({answers});
    if (!replies)
      return replies.error();
    return taking_writes(*replies);
  }

  static redis_answer answer_of(const redis_job& job, std::span<const redis::reply> replies) {
    // What the transaction says of its commands goes before their being queued.
    for (const auto& inner : replies.back().items)
      if (inner.is_error())
        return {job.number, redis_outcome::partly, inner.text};
    for (const auto& r : replies)
      if (r.is_error())
        return {job.number, redis_outcome::refused, r.text};
    return {job.number, redis_outcome::done, {}};
  }

  const redis_link_options& options_;
  redis::client& link_;
};

void answer_lost(const redis_link_options& options, const std::vector<redis_job>& jobs,
                 const std::string& why) {
  if (jobs.empty())
    return;
  auto answers = std::make_shared<std::vector<redis_answer>>();
  for (const auto& job : jobs)
    answers->push_back({job.number, redis_outcome::lost, why});
  options.tell.answered({answers});
}

/// Waits, or does nothing else than to tell that what is wanted meanwhile is lost.
void pause(const redis_link_options& options, redis_connection which, const std::stop_token& stop,
           milliseconds span, const std::string& why) {
  const auto until = steady_clock::now() + span;
  std::mutex mutex;
  std::condition_variable_any wait;
  while (!stop.stop_requested() && steady_clock::now() < until) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(until - steady_clock::now()) + milliseconds{1};
    if (which == redis_connection::writing) {
      answer_lost(options, options.outbox->take(stop, jobs_per_turn, left), why);
    } else {
      std::unique_lock lock(mutex);
      wait.wait_for(lock, stop, left, [] { return false; });
    }
  }
}

/// While a right is missing it is asked again this often, since the server can give it at any time.
constexpr std::chrono::seconds rights_period{30};

/// What the server's rights refuse us, asked over connections of its own.
class rights_watch {
 public:
  using connector = std::function<result<std::unique_ptr<redis::client>>()>;
  rights_watch(const redis_link_options& options, connector connect)
      : options_(options), connect_(std::move(connect)) {}

  /// The connection for reading came about.
  void reached() {
    ask();
    tell();
  }
  void goes_on() {
    if (denied_.empty() || steady_clock::now() < next_)
      return;
    if (ask())
      tell();
  }

 private:
  /// True when the answer has changed. One that is not given changes nothing.
  bool ask() {
    next_ = steady_clock::now() + rights_period;
    const auto link = connect_();
    if (!link)
      return false;
    auto denied = denied_commands(**link, options_.settings);
    if (!denied || *denied == denied_)
      return false;
    denied_ = std::move(*denied);
    return true;
  }
  void tell() const { options_.tell.reached({redis_connection::reading, true, {}, denied_}); }

  const redis_link_options& options_;
  connector connect_;
  std::vector<std::string> denied_{};
  steady_clock::time_point next_{};
};

/// A server that takes no writes is none that was reached: telling so each time, and taking it back
/// at once, would hide that nothing is written.
result<std::unique_ptr<redis::client>> checked_for_writing(
    result<std::unique_ptr<redis::client>> link, const redis::settings& s) {
  if (link)
    if (auto alive = prove_life(**link, s); !alive)
      return alive.error();
  return link;
}

/// Works over one connection after the other until it is to stop. `work` gives what failed; it
/// calls what it is given when something was done over it: a connection that comes about and fails
/// at its work is no reason to try again soon.
template <class Work>
void keep_connected(const redis_link_options& options, redis_connection which,
                    const std::stop_token& stop,
                    const std::function<result<std::unique_ptr<redis::client>>()>& connect,
                    const Work& work) {
  exchange::backoff pauses(options.settings.reconnect_min, options.settings.reconnect_max);
  std::random_device random;
  while (!stop.stop_requested()) {
    const auto link = connect();
    std::string why;
    if (link)
      why = work(**link, [&] { pauses.reset(); }).text;
    else
      why = link.error().text;
    if (stop.stop_requested())
      return;
    options.tell.reached({which, false, why, {}});
    pause(options, which, stop, pauses.next(random()), why);
  }
}

}  // namespace

redis_link::redis_link(redis_link_options options, exchange::secret password)
    : shared_(std::make_shared<shared>()) {
  shared_->options = std::move(options);
  shared_->password = std::move(password);
  using call = std::function<void()>;
  reader_ = std::jthread([s = shared_](const std::stop_token& stop) {
    reader_memory memory;
    rights_watch rights(s->options, [&] { return s->connect(s->stop_asking); });
    keep_connected(
        s->options, redis_connection::reading, stop, [&] { return s->connect(s->stop_reading); },
        [&](redis::client& link, const call& proven) {
          return stream_reader(s->options, link, stop, memory)
              .run([&] { rights.reached(); },
                   [&] {
                     proven();
                     rights.goes_on();
                   });
        });
  });
  writer_ = std::jthread([s = shared_](const std::stop_token& stop) {
    keep_connected(
        s->options, redis_connection::writing, stop,
        [&] { return checked_for_writing(s->connect(s->stop_writing), s->options.settings); },
        [&](redis::client& link, const call& proven) {
          s->options.tell.reached({redis_connection::writing, true, {}, {}});
          return job_runner(s->options, link).run(stop, proven);
        });
  });
}

redis_link::~redis_link() {
  reader_.request_stop();
  writer_.request_stop();
  shared_->stop_reading->fire();
  shared_->stop_writing->fire();
  shared_->stop_asking->fire();
}

}  // namespace sluice::actors
