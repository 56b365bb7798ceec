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

}  // namespace

struct name_cache::entry {
  explicit entry(const asio::any_io_executor& on) : resolver(on), wake(on) {}
  tcp::resolver resolver;
  asio::steady_timer wake;
  addresses found{};
  error_code failed{};
  steady::time_point found_at{};
  steady::time_point asked_at{};
  bool asking{false};
};

void name_cache::look_up(const asio::any_io_executor& on, const web_address& host,
                         const entry_ptr& into) {
  const auto now = steady::now();
  if (into->asking || (into->failed && now - into->asked_at < ask_again_after))
    return;
  into->asking = true;
  into->asked_at = now;
  into->wake = asio::steady_timer(on, steady::time_point::max());
  into->resolver.async_resolve(host.host, host.port,
                               [into](error_code failed, const tcp::resolver::results_type& all) {
                                 into->asking = false;
                                 into->failed = failed;
                                 if (!failed) {  // A failed renewal leaves what was known.
                                   into->found.clear();
                                   for (const auto& one : all)
                                     into->found.push_back(one.endpoint());
                                   into->found_at = steady::now();
                                 }
                                 into->wake.cancel();
                               });
}

asio::awaitable<name_cache::answer> name_cache::find(const web_address& host,
                                                     steady::time_point deadline) {
  const auto executor = co_await asio::this_coro::executor;
  error_code not_literal;
  const auto literal = asio::ip::make_address(host.host, not_literal);
  if (!not_literal) {
    const auto port = static_cast<std::uint16_t>(std::stoi(host.port));
    answer one{{}, {tcp::endpoint(literal, port)}};
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
  answer told{{}, known->found};
  if (told.found.empty())
    told.failed = known->asking ? make_error_code(beast::error::timeout) : known->failed;
  co_return told;
}

void name_cache::distrust(const web_address& host) {
  const auto at = known_.find({host.host, host.port});
  if (at != known_.end())
    at->second->found_at = {};
}

std::vector<tcp::endpoint> dial_order(const std::vector<tcp::endpoint>& found) {
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
  order.resize(std::min(order.size(), dialled_max));
  return order;
}

}  // namespace sluice::exchange
