// What each command that only looks does: asks or reads, draws or prints, gives the exit code.
#pragma once

#include <string>

#include "sluice/status/http_client.hpp"
#include "terminal.hpp"

namespace sluice::cli {

/// Options that every such command takes.
struct look_options {
  status::target whom{};
  bool json{false};
  color_choice color{color_choice::automatic};
};

/// `sluice status`. 0 ready, 1 not, 2 usage, 69 nobody answers.
[[nodiscard]] int show_status(const look_options& options);
/// `sluice top`: the same each second until q or a signal; `once`, or without a terminal, one
/// frame.
[[nodiscard]] int show_top(const look_options& options, bool once);
/// `sluice explain PLAN`, of a running process or of a journal's file when one is named. 0 told, 1
/// no such plan, 2 usage, 69 nobody answers, 74 the file cannot be read.
[[nodiscard]] int explain(const look_options& options, const std::string& plan,
                          const std::string& journal_file);

struct why_wish {
  std::string symbol{};        ///< Empty: all.
  std::string window{};        ///< "1h".
  std::string journal_file{};  ///< Empty: a running process is asked.
};
/// `sluice why [SYMBOL]`. Of a file the window ends with its last record. Exit codes as of explain.
[[nodiscard]] int why(const look_options& options, const why_wish& wish);

/// `sluice show-config [FILE]`. 0 shown, 69 nobody answers, 78 the file is not usable.
[[nodiscard]] int show_config(const look_options& options, const std::string& file);

struct doctor_wish {
  std::string config_file{};
  std::string journal_file{};
  bool ask_exchange{false};
};
/// `sluice doctor`. 0 all pass, 1 some warn, 3 some fail, 69 nobody answers.
[[nodiscard]] int doctor(const look_options& options, const doctor_wish& wish);

}  // namespace sluice::cli
