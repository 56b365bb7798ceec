// Stands in for the client's connections: a request meets the venue's core after the delays that
// its course asks for, and ends as the course says.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "http_pool.hpp"
#include "world.hpp"

namespace sluice::exchange {
namespace {

using simulation::world;

constexpr const char* overloaded_text = "too many requests wait for a connection";

struct job {
  http_request request{};
  std::function<void(http_outcome)> done{};
  departure left{departure::never_left};
  instant deadline{};
  instant sent_at{};
  bool repeated{false};
  bool running{false};
  simulator::request on_wire{};

  [[nodiscard]] bool is_over() const { return !done; }
  void finish(http_outcome outcome) {
    if (!done)
      return;
    const auto tell = std::exchange(done, nullptr);
    std::visit([this](auto& end) { end.repeated = repeated; }, outcome);
    if (left == departure::may_have_left && world::current().watch.over)
      world::current().watch.over(on_wire);
    tell(std::move(outcome));
  }
  void fail(transport_fault kind, std::string text) {
    finish(transport_failure{kind, left, std::move(text), false});
  }
};
using job_ptr = std::shared_ptr<job>;

simulator::request request_of(std::string_view method, std::string_view target,
                              std::string_view key) {
  simulator::request r;
  r.method = method;
  const auto mark = std::min(target.find('?'), target.size());
  r.path = target.substr(0, mark);
  r.query = mark < target.size() ? target.substr(mark + 1) : std::string_view{};
  r.api_key = key;
  return r;
}

std::string header_of(const simulator::reply& r, std::string_view name) {
  for (const auto& [known, value] : r.headers)
    if (std::ranges::equal(known, name, [](char a, char b) {
          return std::tolower(static_cast<unsigned char>(a)) == b;
        }))
      return value;
  return {};
}

/// Without the signature, which changes with every timestamp and says nothing.
std::string readable(const simulator::request& r) {
  const auto end = ("&" + r.query).find("&recvWindow");
  return fmt::format("{} {}?{}", r.method, r.path,
                     r.query.substr(0, end == std::string::npos || end == 0 ? end : end - 1));
}

}  // namespace

struct http_pool::impl : std::enable_shared_from_this<http_pool::impl> {
  impl(http_pool_settings settings, const secret& api_key, std::function<instant()> clock)
      : chosen(std::move(settings)), key(api_key), now(std::move(clock)) {}

  void submit(http_request request, std::function<void(http_outcome)> done);
  bool make_room(request_rank rank);
  void dispatch();
  void connect(const job_ptr& what);
  void write(const job_ptr& what);
  void perform(const job_ptr& what, const simulator::course& way);
  void await_event(const job_ptr& what, const simulator::course& way, simulator::reply out,
                   std::uint64_t before, instant limit);
  void answer(const job_ptr& what, const simulator::course& way, const simulator::reply& out);
  void broken(const job_ptr& what, const std::string& text);
  void end(const job_ptr& what, http_outcome outcome);
  void close();
  [[nodiscard]] job_ptr next_waiting(request_rank lowest);

  http_pool_settings chosen;
  const secret& key;
  std::function<instant()> now;
  std::array<std::deque<job_ptr>, request_rank_count> waiting{};
  int waiting_count{0};
  std::vector<job_ptr> busy{};
  bool closed{false};
};

void http_pool::impl::submit(http_request request, std::function<void(http_outcome)> done) {
  auto what = std::make_shared<job>();
  what->deadline = world::current().now() + request.timeout;
  what->request = std::move(request);
  what->done = std::move(done);
  if (closed)
    return what->fail(transport_fault::closed, "the client is closed");
  if (waiting_count >= chosen.waiting_max && !make_room(what->request.rank))
    return what->fail(transport_fault::overloaded, overloaded_text);
  world::current().at(what->deadline, [weak = weak_from_this(), what] {
    const auto alive = weak.lock();
    if (alive && !what->is_over())
      alive->end(what, transport_failure{transport_fault::timed_out, what->left,
                                         "no answer in time", false});
  });
  waiting[static_cast<std::size_t>(what->request.rank)].push_back(std::move(what));
  ++waiting_count;
  dispatch();
}

bool http_pool::impl::make_room(request_rank rank) {
  for (auto line = waiting.size(); line-- > static_cast<std::size_t>(rank) + 1;) {
    if (waiting[line].empty())
      continue;
    const auto last = std::move(waiting[line].back());
    waiting[line].pop_back();
    --waiting_count;
    last->fail(transport_fault::overloaded, overloaded_text);
    return true;
  }
  return false;
}

job_ptr http_pool::impl::next_waiting(request_rank lowest) {
  for (std::size_t rank = 0; rank <= static_cast<std::size_t>(lowest); ++rank) {
    auto& line = waiting[rank];
    while (!line.empty()) {
      auto what = std::move(line.front());
      line.pop_front();
      --waiting_count;
      if (!what->is_over())
        return what;
    }
  }
  return nullptr;
}

void http_pool::impl::dispatch() {
  const auto all = static_cast<std::size_t>(chosen.connections_max);
  const auto for_exits = all < 4 ? 0 : std::max<std::size_t>(all / 8, 1);
  while (busy.size() < all) {
    const bool only_exits = all - busy.size() <= for_exits;
    auto what = next_waiting(only_exits ? request_rank::exit_demand : request_rank::routine);
    if (!what)
      return;
    what->running = true;
    busy.push_back(what);
    connect(what);
  }
}

/// One in six goes over a connection of its own, with the time that costs.
void http_pool::impl::connect(const job_ptr& what) {
  auto& w = world::current();
  milliseconds wait{0};
  if (what->request.connection == connection_choice::fresh || w.random.chance(16)) {
    const auto way = w.venue->plan_connection(w.now());
    if (way.refused)
      return w.after(w.random.time(milliseconds{1}, milliseconds{40}),
                     [self = shared_from_this(), what] {
                       if (!what->is_over())
                         self->end(what, transport_failure{transport_fault::unreachable, what->left,
                                                           "refused", false});
                     });
    wait = way.delay + w.random.time(milliseconds{5}, milliseconds{60});
  }
  w.after(wait, [self = shared_from_this(), what] {
    if (!what->is_over())
      self->write(what);
  });
}

void http_pool::impl::write(const job_ptr& what) {
  auto& w = world::current();
  auto target = what->request.target();
  if (!target)
    return end(
        what, transport_failure{transport_fault::withheld, what->left, target.error().text, false});
  what->on_wire =
      request_of(what->request.method, target->reveal(),
                 what->request.key == key_header::present ? key.reveal() : std::string_view{});
  what->left = departure::may_have_left;
  what->sent_at = now();
  if (w.reader)
    w.trace("-> " + readable(what->on_wire));
  if (w.watch.written)
    w.watch.written(what->on_wire);
  const auto first = what->on_wire.method + " " + what->on_wire.path + "?" + what->on_wire.query;
  if (w.venue->plan_request_cut(w.now(), first))
    return w.after(milliseconds{1}, [self = shared_from_this(), what] {
      self->broken(what, "reset in the midst of the request");
    });
  const auto way = w.venue->plan_course(what->on_wire, w.now());
  // What has left arrives, whether anybody still waits for its answer or not.
  w.after(way.before, [self = shared_from_this(), what, way] { self->perform(what, way); });
}

void http_pool::impl::perform(const job_ptr& what, const simulator::course& way) {
  auto& w = world::current();
  auto out = w.venue->perform(what->on_wire, way, w.moment());
  if (w.watch.performed)
    w.watch.performed(what->on_wire, out);
  const auto events = w.venue->user_events();
  w.pump();
  w.after(way.after, [self = shared_from_this(), what, way, out = std::move(out), events] {
    self->await_event(what, way, out, events, world::current().now() + way.event_wait);
  });
}

void http_pool::impl::await_event(const job_ptr& what, const simulator::course& way,
                                  simulator::reply out, std::uint64_t before, instant limit) {
  auto& w = world::current();
  if (w.now() >= limit || w.venue->user_events() != before)
    return answer(what, way, out);
  w.after(milliseconds{20}, [self = shared_from_this(), what, way, out = std::move(out), before,
                             limit] { self->await_event(what, way, out, before, limit); });
}

void http_pool::impl::answer(const job_ptr& what, const simulator::course& way,
                             const simulator::reply& out) {
  if (what->is_over() || closed)
    return;
  if (world::current().reader)
    world::current().trace(fmt::format("<- {} for {}{}: {}", out.status, readable(what->on_wire),
                                       way.leaves == simulator::departure::whole ? "" : " (lost)",
                                       out.body.substr(0, 160)));
  switch (way.leaves) {
    case simulator::departure::whole:
      break;
    case simulator::departure::never:
      return;  // Its time will be over.
    case simulator::departure::reset:
      return broken(what, "reset instead of a reply");
    case simulator::departure::truncated:
    case simulator::departure::misframed:
    case simulator::departure::cut:
      return end(what, transport_failure{transport_fault::malformed, what->left,
                                         "the reply ended early", false});
  }
  if (world::current().watch.answered)
    world::current().watch.answered(what->on_wire, out);
  http_reply reply;
  reply.status = out.status;
  reply.body = out.body;
  reply.used_weight_1m = header_of(out, "x-mbx-used-weight-1m");
  reply.order_count_10s = header_of(out, "x-mbx-order-count-10s");
  reply.order_count_1m = header_of(out, "x-mbx-order-count-1m");
  reply.retry_after = header_of(out, "retry-after");
  reply.date = header_of(out, "date");
  reply.sent_at = what->sent_at;
  reply.received_at = now();
  end(what, std::move(reply));
}

/// A read goes once more over a fresh connection, as on one that was kept open too long.
void http_pool::impl::broken(const job_ptr& what, const std::string& text) {
  if (what->is_over() || closed)
    return;
  auto& w = world::current();
  if (what->request.again == repetition::once && !what->repeated && w.random.chance(70)) {
    what->repeated = true;
    what->left = departure::never_left;
    return connect(what);
  }
  end(what, transport_failure{transport_fault::unreachable, what->left, text, false});
}

void http_pool::impl::end(const job_ptr& what, http_outcome outcome) {
  std::erase(busy, what);
  what->finish(std::move(outcome));
  if (!closed)
    dispatch();
}

void http_pool::impl::close() {
  if (std::exchange(closed, true))
    return;
  for (const auto& what : std::exchange(busy, {}))
    what->fail(transport_fault::closed, "the client was closed");
  while (const auto what = next_waiting(request_rank::routine))
    what->fail(transport_fault::closed, "the client was closed");
}

http_pool::http_pool(io_loop&, tls_context&, http_pool_settings chosen, const secret& api_key,
                     std::function<instant()> now)
    : impl_(std::make_shared<impl>(std::move(chosen), api_key, std::move(now))) {}
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
