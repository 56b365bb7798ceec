// Threads that are let go at their start: what they find goes through a mailbox that may be closed.
#include "name_lookup.hpp"

#include <netdb.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::exchange {
namespace {

/// A resolver that hangs keeps its thread; a process has no more of them than this.
constexpr int lookups_max = 8;
std::atomic<int> lookups_now{0};

class lookup_place {
 public:
  lookup_place() : got_(lookups_now.fetch_add(1) < lookups_max) {}
  lookup_place(const lookup_place&) = delete;
  lookup_place& operator=(const lookup_place&) = delete;
  ~lookup_place() { --lookups_now; }
  [[nodiscard]] bool got() const { return got_; }

 private:
  bool got_;
};

std::vector<std::string> asked(const look_up_fn& ask, const std::string& host) {
  try {
    return ask(host);
  } catch (const std::exception&) {  // Like any other failure to find it.
    return {};
  }
}

}  // namespace

struct name_lookup::mailbox {
  std::mutex mutex{};
  asio::io_context* loop{nullptr};
};

std::vector<std::string> system_addresses(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG;
  addrinfo* all = nullptr;
  std::vector<std::string> found;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &all) != 0)
    return found;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(all, &::freeaddrinfo);
  for (const auto* one = all; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0)
      found.emplace_back(text.data());
  }
  return found;
}

name_lookup::name_lookup(asio::io_context& loop, look_up_fn ask)
    : mailbox_(std::make_shared<mailbox>()), ask_(ask ? std::move(ask) : system_addresses) {
  mailbox_->loop = &loop;
}

name_lookup::~name_lookup() {
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->loop = nullptr;
}

bool name_lookup::start(const std::string& host, found_fn found) {
  auto place = std::make_shared<lookup_place>();
  if (!place->got())
    return false;
  // Only what may outlive the loop goes along; `found` is called on the loop and dies there.
  auto tell = std::make_shared<found_fn>(std::move(found));
  try {
    std::thread([box = mailbox_, ask = ask_, host, place, tell]() mutable {
      auto addresses = asked(ask, host);
      place.reset();
      const std::lock_guard lock(box->mutex);
      if (box->loop != nullptr)
        asio::post(*box->loop, [tell, addresses = std::move(addresses)]() mutable {
          (*tell)(std::move(addresses));
        });
      tell.reset();
    }).detach();
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

}  // namespace sluice::exchange
