// Requests whose producers wait for verdicts, and the verdicts of late.
#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "plan_replies.hpp"
#include "sluice/status/http_server.hpp"

namespace sluice::actors {

/// A request whose producer has not been answered yet.
struct waiting_request {
  status::responder answer;
  std::vector<plan_fate> fates{};
  bool batch{false};
  instant until{};
};

class verdict_waits {
 public:
  /// Verdicts remembered for producers that repeat a plan or ask for it in the next request.
  static constexpr std::size_t kept_max = 10'000;

  /// `waiting_max`: requests that may wait at once.
  explicit verdict_waits(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  /// Empty when it is not, or no more, remembered.
  [[nodiscard]] std::string verdict_of(const plan_id& id) const;
  /// Answers at once when no plan of it awaits a verdict (any more), it is `now` that it waits
  /// until, or as many wait as may.
  void take(waiting_request w, instant now);
  void judged(const plan_id& id, std::string verdict);
  /// Answers those whose time is over; when to come again, if anybody still waits.
  std::optional<instant> run_out(instant now);
  /// Answers all of them with what is known by now.
  void end();

 private:
  using request_list = std::list<waiting_request>;

  void tell(request_list::iterator at, const plan_id& id, const std::string& verdict);
  void finish(request_list::iterator at);

  std::size_t waiting_max_;
  request_list waiting_{};
  std::unordered_map<plan_id, std::vector<request_list::iterator>> waiters_{};
  std::unordered_map<plan_id, std::string> verdicts_{};
  std::deque<plan_id> kept_{};
};

}  // namespace sluice::actors
