// The commands that look and order nothing: status, top, tail, explain, why, show-config, doctor.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "looking.hpp"
#include "reach.hpp"
#include "tail.hpp"

namespace CLI {
class App;
}

namespace sluice::cli {

/// Adds the commands to `app`, which must outlive it; they write into this object.
class observer_commands {
 public:
  explicit observer_commands(CLI::App& app);
  observer_commands(const observer_commands&) = delete;
  observer_commands& operator=(const observer_commands&) = delete;

  [[nodiscard]] bool parsed() const;
  [[nodiscard]] int run();

 private:
  using action = std::function<int()>;

  /// A command with --json and what reaches a running Sluice.
  CLI::App* add(CLI::App& app, const char* name, const char* help, action act);
  void add_color(CLI::App& command);
  /// The options with the choice of colour read.
  [[nodiscard]] look_options look() const;
  void add_screens(CLI::App& app);
  void add_tail(CLI::App& app);
  void add_explain(CLI::App& app);
  void add_why(CLI::App& app);
  void add_show_config(CLI::App& app);
  void add_doctor(CLI::App& app);

  look_options look_{};
  reach_options reach_{default_reach()};
  shown_token token_{};
  tail_wish tail_{};
  std::string color_{"auto"};
  std::string level_{};
  std::string plan_{};
  std::string symbol_{};
  std::string journal_{};
  std::string config_{};
  std::string window_{"1h"};
  bool once_{false};
  bool no_follow_{false};
  bool ask_exchange_{false};
  std::map<const CLI::App*, action> actions_{};
};

}  // namespace sluice::cli
