// Addresses of hosts, looked up away from the I/O path and kept, so that a slow or dead name server
// delays nobody who has been answered once.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "name_lookup.hpp"
#include "net.hpp"
#include "sluice/exchange/url.hpp"

namespace sluice::exchange {

/// Addresses that led nowhere lately. Pure; time comes in as a value.
class address_doubts {
 public:
  static constexpr std::chrono::seconds lasting{60};

  void add(const tcp::endpoint& at, steady::time_point now);
  /// When it was doubted last; the beginning of time when that is over, or was never so.
  [[nodiscard]] steady::time_point since(const tcp::endpoint& at, steady::time_point now) const;

 private:
  std::map<tcp::endpoint, steady::time_point> added_{};
};

/// Loop thread only.
class name_cache {
 public:
  /// The system's resolver is asked when `ask` is empty.
  name_cache(asio::io_context& loop, look_up_fn ask);

  using addresses = std::vector<tcp::endpoint>;
  struct answer {
    error_code failed{};
    addresses found{};  ///< In the order in which they are to be dialled.
  };

  /// A literal at once; a known name at once, renewed beside it when it is old; an unknown one when
  /// the system has found it, at most until `deadline`.
  [[nodiscard]] asio::awaitable<answer> find(const web_address& host, steady::time_point deadline);
  /// This address could not be reached, or TLS failed there: it stands behind the others for a
  /// while, and the name is asked for anew before the usual time.
  void distrust(const web_address& host, const tcp::endpoint& at);

 private:
  struct entry;
  using entry_ptr = std::shared_ptr<entry>;
  void look_up(const asio::any_io_executor& on, const web_address& host, const entry_ptr& into);

  std::map<std::pair<std::string, std::string>, entry_ptr> known_{};
  name_lookup lookup_;
};

/// The one cache of a loop.
[[nodiscard]] name_cache& names_of(io_loop& loop);

/// Both families in turn, at most four, the system's first choice first: a family that leads
/// nowhere costs one attempt. What is in doubt comes after all others, what has been so for longest
/// first: where nothing works, each has its turn.
[[nodiscard]] std::vector<tcp::endpoint> dial_order(const std::vector<tcp::endpoint>& found,
                                                    const address_doubts& doubts,
                                                    steady::time_point now);

}  // namespace sluice::exchange
