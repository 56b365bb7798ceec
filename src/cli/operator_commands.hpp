// The commands that ask or order something of a running Sluice: state, hold, override,
// close, flatten, plan, resync, reload, log-level.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "flatten_command.hpp"
#include "operator_client.hpp"
#include "plan_command.hpp"
#include "reach.hpp"

namespace CLI {
class App;
}

namespace sluice::cli {

/// Adds the commands to `app`, which must outlive it; they write into this object.
class operator_commands {
 public:
  explicit operator_commands(CLI::App& app);
  operator_commands(const operator_commands&) = delete;
  operator_commands& operator=(const operator_commands&) = delete;

  /// Runs the one that was parsed; none of them gives `usage`.
  [[nodiscard]] int run();

 private:
  using action = std::function<int()>;

  /// A command, or one below it, with --json and what reaches a running Sluice.
  CLI::App* add(CLI::App& below, const char* name, const char* help, action act);
  /// The same for an order, with --reason and --author.
  CLI::App* add_order(CLI::App& below, const char* name, const char* help, action act);
  void add_state(CLI::App& app);
  void add_holds(CLI::App& app);
  void add_overrides(CLI::App& app);
  void add_closes(CLI::App& app);
  void add_flatten(CLI::App& app);
  void add_plan(CLI::App& app);
  void add_service(CLI::App& app);

  [[nodiscard]] int change_state() const;

  client_options options_{};
  shown_token token_{};
  std::string state_{};
  std::string symbol_{};
  std::string key_{};
  std::string value_{};
  std::string lasts_{};
  std::string fresh_for_{};
  std::string component_{};
  std::string level_{};
  flatten_wish flatten_{};
  plan_wish plan_{};
  std::map<const CLI::App*, action> actions_{};
};

}  // namespace sluice::cli
