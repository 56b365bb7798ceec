// Lookups outlive their waiters: the system's resolver cannot be interrupted, so a waiter sleeps on
// a timer that the answer wakes, and walks away when its time is over.
#include "name_cache.hpp"

#include <algorithm>

namespace sluice::exchange {
namespace {

/// After this long an address is used once more and asked for again beside it.
constexpr auto fresh_for = std::chrono::seconds(60);
/// A name server that fails is not asked again sooner than this.
constexpr auto ask_again_after = std::chrono::seconds(1);
constexpr std::size_t dialled_max = 4;

std::uint16_t port_of(const web_address& host) {
  return static_cast<std::uint16_t>(std::stoi(host.port));  // Checked where it was parsed.
}

}  // namespace

struct name_cache::entry {
  explicit entry(const asio::any_io_executor& on) : wake(on) {}
  asio::steady_timer wake;
  addresses found{};
  error_code failed{};
  steady::time_point found_at{};
  steady::time_point asked_at{};
  bool asking{false};
  address_doubts doubts{};  ///< No renewal ends them.

  void take(const std::vector<std::string>& literals, std::uint16_t port) {
    asking = false;
    addresses all;
    for (const auto& literal : literals) {
      error_code no_address;
      const auto one = asio::ip::make_address(literal, no_address);
      if (!no_address)
        all.emplace_back(one, port);
    }
    failed = all.empty() ? error_code(asio::error::host_not_found) : error_code();
    if (!failed) {  // A failed renewal leaves what was known.
      found = std::move(all);
      found_at = steady::now();
    }
    wake.cancel();
  }
};

name_cache::name_cache(asio::io_context& loop, look_up_fn ask) : lookup_(loop, std::move(ask)) {}

void name_cache::look_up(const asio::any_io_executor& on, const web_address& host,
                         const entry_ptr& into) {
  const auto now = steady::now();
  if (into->asking || (into->failed && now - into->asked_at < ask_again_after))
    return;
  into->asked_at = now;
  into->wake = asio::steady_timer(on, steady::time_point::max());
  // Weak, since a lookup may outlive the loop that the timer in the entry belongs to.
  into->asking = lookup_.start(
      host.host, [weak = std::weak_ptr(into), port = port_of(host)](const auto& literals) {
        if (const auto alive = weak.lock())
          alive->take(literals, port);
      });
  if (!into->asking)
    into->failed = asio::error::try_again;
}

asio::awaitable<name_cache::answer> name_cache::find(const web_address& host,
                                                     steady::time_point deadline) {
  const auto executor = co_await asio::this_coro::executor;
  error_code not_literal;
  const auto literal = asio::ip::make_address(host.host, not_literal);
  if (!not_literal) {
    answer one{{}, {tcp::endpoint(literal, port_of(host))}};
    co_return one;
  }
  auto& slot = known_[{host.host, host.port}];
  if (!slot)
    slot = std::make_shared<entry>(executor);
  const auto known = slot;  // The map may change while we sleep.
  if (known->found.empty() || steady::now() - known->found_at > fresh_for)
    look_up(executor, host, known);
  if (known->found.empty() && known->asking) {
    asio::steady_timer limit(executor, deadline);
    limit.async_wait([known](error_code cancelled) {
      if (!cancelled)
        known->wake.cancel();
    });
    while (known->asking && steady::now() < deadline) {
      error_code woken;
      co_await known->wake.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
  }
  answer told{{}, dial_order(known->found, known->doubts, steady::now())};
  if (told.found.empty())
    told.failed = known->asking ? make_error_code(beast::error::timeout) : known->failed;
  co_return told;
}

void name_cache::distrust(const web_address& host, const tcp::endpoint& at) {
  const auto known = known_.find({host.host, host.port});
  if (known == known_.end())
    return;
  known->second->found_at = {};
  known->second->doubts.add(at, steady::now());
}

void address_doubts::add(const tcp::endpoint& at, steady::time_point now) {
  std::erase_if(added_, [now](const auto& one) { return now - one.second >= lasting; });
  added_[at] = now;
}

steady::time_point address_doubts::since(const tcp::endpoint& at, steady::time_point now) const {
  const auto one = added_.find(at);
  if (one == added_.end() || now - one->second >= lasting)
    return steady::time_point::min();
  return one->second;
}

std::vector<tcp::endpoint> dial_order(const std::vector<tcp::endpoint>& found,
                                      const address_doubts& doubts, steady::time_point now) {
  std::vector<tcp::endpoint> first;
  std::vector<tcp::endpoint> second;
  for (const auto& one : found) {
    const bool as_first = one.address().is_v6() == found.front().address().is_v6();
    (as_first ? first : second).push_back(one);
  }
  std::vector<tcp::endpoint> order;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size())
      order.push_back(first[i]);
    if (i < second.size())
      order.push_back(second[i]);
  }
  std::ranges::stable_sort(order, {}, [&](const auto& one) { return doubts.since(one, now); });
  order.resize(std::min(order.size(), dialled_max));
  return order;
}

}  // namespace sluice::exchange
