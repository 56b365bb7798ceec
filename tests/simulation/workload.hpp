// What producers and operators want in a run: plans of all kinds, repeated ones, orders of people.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oracle/history.hpp"
#include "process.hpp"

namespace sluice::simulation {

/// Asks by HTTP, as producers do, and remembers what it was told.
class workload {
 public:
  workload(world& w, draws& random, std::vector<std::string> symbols);

  /// One of the things that producers and operators do, on the process that runs now.
  void act(process& on);
  /// Offers nothing on this symbol before its ground is open; then more there than elsewhere.
  void keep_off(std::string name) { kept_off_ = std::move(name); }
  void open_ground() { ground_open_ = true; }
  /// Takes answers that have come.
  void hear(process& on);
  /// A new process: whoever waited for the old one has no answer.
  void forget_waiting() { waiting_.clear(); }
  /// What the pages of the newest plans say of them: their verdicts, by plan; empty where there is
  /// a page without one.
  [[nodiscard]] std::map<std::string, std::string> look_up(process& on);
  /// The last plans, which nothing but rules may refuse: an entry, whose id is given back...
  [[nodiscard]] std::string open_last(process& on, const std::string& name);
  /// ...and an exit of all that is held of a symbol.
  void close_last(process& on, const std::string& name);
  /// All is to be open again, so that the end can be judged.
  void call_it_a_day(process& on);

  [[nodiscard]] const std::map<std::string, oracle::offered>& offered() const { return offered_; }
  /// Bodies of all answers to plans, and of their pages.
  [[nodiscard]] const std::vector<std::string>& answers() const { return answers_; }
  /// Told of each plan that is offered, before it is.
  std::function<void(const std::string& plan, const std::string& symbol)> watch{};

 private:
  void offer(process& on, const std::string& id, std::string body, milliseconds ttl);
  void post(process& on, const std::string& id, const std::string& body);
  void open(process& on);
  void reduce(process& on);
  void cancel(process& on);
  void repeat(process& on);
  void order(process& on);
  [[nodiscard]] std::string new_id();
  [[nodiscard]] const std::string& some_symbol();
  [[nodiscard]] milliseconds some_life();

  world& world_;
  draws& random_;
  std::vector<std::string> symbols_;
  std::string kept_off_{};
  bool ground_open_{false};
  std::uint64_t last_{0};
  std::map<std::string, oracle::offered> offered_{};
  std::map<std::string, std::string> bodies_{};  ///< As posted, by plan.
  std::map<std::string, milliseconds> ttl_{};
  std::map<std::uint64_t, std::string> waiting_{};
  std::vector<std::string> answers_{};
};

}  // namespace sluice::simulation
