// Asks the system for the addresses of a host on a thread of its own, which nobody has to wait for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net.hpp"

namespace sluice::exchange {

/// Literal addresses of a host; none when it has none. May block for as long as it likes.
using look_up_fn = std::function<std::vector<std::string>(const std::string& host)>;

/// The system's own resolver, which can neither be interrupted nor given a time.
[[nodiscard]] std::vector<std::string> system_addresses(const std::string& host);

/// Lookups end on the loop or, when this is gone, nowhere. Loop thread only, but for destruction.
class name_lookup {
 public:
  using found_fn = std::function<void(std::vector<std::string>)>;

  name_lookup(asio::io_context& loop, look_up_fn ask);
  name_lookup(const name_lookup&) = delete;
  name_lookup& operator=(const name_lookup&) = delete;
  /// Waits for no lookup.
  ~name_lookup();

  /// False when it cannot be asked now: too many lookups of this process hang already.
  [[nodiscard]] bool start(const std::string& host, found_fn found);

 private:
  struct mailbox;
  std::shared_ptr<mailbox> mailbox_;
  look_up_fn ask_;
};

}  // namespace sluice::exchange
