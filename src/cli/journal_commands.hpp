// The commands that look into a journal's file while nobody or somebody else writes it.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sluice::cli {

/// Adds `replay` and `journal` to `app`, which must outlive it; they write into this object.
class journal_commands {
 public:
  explicit journal_commands(CLI::App& app);
  journal_commands(const journal_commands&) = delete;
  journal_commands& operator=(const journal_commands&) = delete;

  [[nodiscard]] bool parsed() const;
  /// 0 when all is as it was, 1 when something differs or the chain is broken, 2 for a limit that
  /// is none or a day, 74 for a file that cannot be read, 75 for one that is written while in use.
  [[nodiscard]] int run() const;

 private:
  [[nodiscard]] int replay() const;
  [[nodiscard]] int verify() const;
  [[nodiscard]] int archive() const;
  [[nodiscard]] int accept() const;

  std::string file_{};
  std::string before_{};
  std::string to_{};
  std::string reason_{};
  std::vector<std::string> changes_{};
  std::size_t most_{50};
  bool json_{false};
  const CLI::App* replay_{nullptr};
  const CLI::App* verify_{nullptr};
  const CLI::App* archive_{nullptr};
  const CLI::App* accept_{nullptr};
};

}  // namespace sluice::cli
