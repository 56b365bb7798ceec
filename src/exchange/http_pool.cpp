// Hands waiting requests to connections: most urgent first, most recently used connection first.
#include "http_pool.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "http_connection.hpp"
#include "net.hpp"

namespace sluice::exchange {
namespace {

/// A request on its way. `done` is emptied by whoever ends it, so it can end only once.
struct job {
  http_request request{};
  std::function<void(http_outcome)> done{};
  steady::time_point deadline{};
  departure left{departure::never_left};

  void finish(http_outcome outcome) {
    if (!done)
      return;
    const auto tell = std::exchange(done, nullptr);
    tell(std::move(outcome));
  }
  void fail(transport_fault kind, std::string text) {
    finish(transport_failure{kind, left, std::move(text)});
  }
};
using job_ptr = std::shared_ptr<job>;
using connection_ptr = std::shared_ptr<http_connection>;

constexpr const char* overloaded_text = "too many requests wait for a connection";

/// An entry's order does not, though it is more urgent than the reads that exits wait for.
bool serves_exits(request_rank rank) {
  return rank == request_rank::closing_order || rank == request_rank::protective_stop ||
         rank == request_rank::exit_demand;
}

}  // namespace

struct http_pool::impl : std::enable_shared_from_this<http_pool::impl> {
  impl(io_loop& on, tls_context& with, http_pool_settings settings, const secret& api_key,
       std::function<instant()> clock)
      : loop(on),
        tls(with),
        chosen(std::move(settings)),
        key(api_key),
        now(std::move(clock)),
        sweep_timer(on) {}

  void submit(http_request request, std::function<void(http_outcome)> done);
  void close();

  [[nodiscard]] bool any_waiting() const { return waiting_count > 0; }
  /// Whether one of this rank may take one of so many free connections. The last are kept for
  /// closing orders, stops and what ranks with the reads of exits; the very last not for the
  /// latter, which may hang.
  [[nodiscard]] bool may_take(request_rank rank, std::size_t free) const {
    const auto all = static_cast<std::size_t>(chosen.connections_max);
    const std::size_t for_orders = all < 8 ? 0 : 1;
    const std::size_t for_exits = all < 4 ? 0 : std::max(all / 8, 1 + for_orders);
    if (free > for_exits)
      return true;
    return serves_exits(rank) && (free > for_orders || rank != request_rank::exit_demand);
  }
  bool make_room(request_rank rank);
  /// The most urgent that waits and may take one of so many free connections.
  job_ptr next_waiting(std::size_t free);
  connection_ptr free_connection();
  connection_ptr new_connection();
  void dispatch();
  void sweep();
  void arm_sweep();
  void start(job_ptr what);
  asio::awaitable<void> run(job_ptr what, connection_ptr over);
  static asio::awaitable<attempt> try_once(job_ptr what, connection_ptr over);

  io_loop& loop;
  tls_context& tls;
  http_pool_settings chosen;
  const secret& key;
  std::function<instant()> now;
  loop_timer sweep_timer;
  std::array<std::deque<job_ptr>, request_rank_count> waiting{};
  int waiting_count{0};
  std::vector<connection_ptr> idle{};  ///< The most recently used at the back.
  struct busy_pair {
    job_ptr what{};
    connection_ptr over{};
  };
  std::vector<busy_pair> busy{};
  bool closed{false};
};

void http_pool::impl::submit(http_request request, std::function<void(http_outcome)> done) {
  auto what = std::make_shared<job>();
  what->deadline = steady::now() + request.timeout;
  what->request = std::move(request);
  what->done = std::move(done);
  if (closed)
    return what->fail(transport_fault::closed, "the client is closed");
  if (waiting_count >= chosen.waiting_max && !make_room(what->request.rank))
    return what->fail(transport_fault::overloaded, overloaded_text);
  waiting[static_cast<std::size_t>(what->request.rank)].push_back(std::move(what));
  ++waiting_count;
  dispatch();
}

/// Whoever is more urgent than the least urgent that waits takes the place of the last one of it.
bool http_pool::impl::make_room(request_rank rank) {
  for (auto line = waiting.rbegin(); line != waiting.rend(); ++line) {
    const auto theirs = static_cast<std::size_t>(std::distance(line, waiting.rend())) - 1;
    if (theirs <= static_cast<std::size_t>(rank))
      return false;
    if (line->empty())
      continue;
    const auto last = std::move(line->back());
    line->pop_back();
    --waiting_count;
    last->fail(transport_fault::overloaded, overloaded_text);
    return true;
  }
  return false;
}

job_ptr http_pool::impl::next_waiting(std::size_t free) {
  for (std::size_t rank = 0; rank < request_rank_count; ++rank) {
    auto& line = waiting[rank];
    if (line.empty() || !may_take(static_cast<request_rank>(rank), free))
      continue;
    auto what = std::move(line.front());
    line.pop_front();
    --waiting_count;
    return what;
  }
  return nullptr;
}

connection_ptr http_pool::impl::free_connection() {
  while (!idle.empty()) {
    auto last = std::move(idle.back());
    idle.pop_back();
    if (last->usable())
      return last;
  }
  return new_connection();
}

connection_ptr http_pool::impl::new_connection() {
  return std::make_shared<http_connection>(loop, tls, chosen, key, now);
}

void http_pool::impl::dispatch() {
  const auto all = static_cast<std::size_t>(chosen.connections_max);
  while (busy.size() < all) {
    auto what = next_waiting(all - busy.size());
    if (!what)
      break;
    start(std::move(what));
  }
  arm_sweep();
}

void http_pool::impl::start(job_ptr what) {
  auto over =
      what->request.connection == connection_choice::fresh ? new_connection() : free_connection();
  busy.push_back({what, over});
  asio::co_spawn(context_of(loop), run(std::move(what), std::move(over)), asio::detached);
}

/// Nothing that throws on the way (memory, signing) may leave a request without its end.
asio::awaitable<attempt> http_pool::impl::try_once(job_ptr what, connection_ptr over) {
  try {
    attempt ended = co_await over->perform(what->request, what->deadline, what->left);
    co_return ended;
  } catch (const std::exception& thrown) {
    attempt ended{
        transport_failure{transport_fault::malformed, what->left, thrown.what()}, true, false, {}};
    co_return ended;
  }
}

asio::awaitable<void> http_pool::impl::run(job_ptr what, connection_ptr over) {
  const auto self = shared_from_this();
  const bool reused = over->used_before();
  auto ended = co_await try_once(what, over);
  const auto* failed = std::get_if<transport_failure>(&ended.outcome);
  const bool again = failed != nullptr && failed->kind == transport_fault::unreachable && reused &&
                     !ended.answered && what->request.again == repetition::once && !closed;
  const auto mine = [&](const busy_pair& pair) { return pair.what == what; };
  if (again) {
    over = new_connection();
    std::find_if(busy.begin(), busy.end(), mine)->over = over;
    what->left = departure::never_left;
    ended = co_await try_once(what, over);
    std::visit([](auto& end) { end.repeated = true; }, ended.outcome);
  }
  std::erase_if(busy, mine);
  if (ended.keep && !closed) {
    idle.push_back(std::move(over));
    // A fresh connection did not take the place of an idle one.
    if (idle.size() + busy.size() > static_cast<std::size_t>(chosen.connections_max))
      idle.erase(idle.begin());
  }
  what->finish(std::move(ended.outcome));
  if (!closed)
    dispatch();
}

void http_pool::impl::arm_sweep() {
  std::optional<steady::time_point> first;
  for (const auto& line : waiting)
    for (const auto& what : line)
      if (!first || what->deadline < *first)
        first = what->deadline;
  if (!first)
    return sweep_timer.cancel();
  const auto wait = std::chrono::ceil<milliseconds>(*first - steady::now());
  sweep_timer.start(std::max(wait, milliseconds(0)), [this] { sweep(); });
}

/// Ends those that waited for a connection until their time was over.
void http_pool::impl::sweep() {
  std::vector<job_ptr> late;
  const auto at = steady::now();
  for (auto& line : waiting) {
    const auto split = std::stable_partition(
        line.begin(), line.end(), [&](const job_ptr& what) { return what->deadline > at; });
    late.insert(late.end(), split, line.end());
    line.erase(split, line.end());
  }
  waiting_count -= static_cast<int>(late.size());
  arm_sweep();
  for (const auto& what : late)
    what->fail(transport_fault::timed_out, "no connection became free in time");
}

void http_pool::impl::close() {
  if (std::exchange(closed, true))
    return;
  sweep_timer.cancel();
  idle.clear();
  const auto owed = busy;
  for (const auto& pair : owed)
    pair.over->abort();
  for (const auto& pair : owed)
    pair.what->fail(transport_fault::closed, "the client was closed");
  constexpr auto any = std::numeric_limits<std::size_t>::max();
  while (any_waiting())
    next_waiting(any)->fail(transport_fault::closed, "the client was closed");
}

http_pool::http_pool(io_loop& loop, tls_context& tls, http_pool_settings chosen,
                     const secret& api_key, std::function<instant()> now)
    : impl_(std::make_shared<impl>(loop, tls, std::move(chosen), api_key, std::move(now))) {}

http_pool::~http_pool() {
  impl_->close();
}

void http_pool::submit(http_request request, std::function<void(http_outcome)> done) {
  impl_->submit(std::move(request), std::move(done));
}

void http_pool::close() {
  impl_->close();
}

}  // namespace sluice::exchange
