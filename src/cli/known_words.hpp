// The words by which a running process names what is wrong, each with its step of the diagnosis.
#pragma once

#include <string_view>

namespace sluice::cli {

/// To which step a word of the API belongs, and what to do where its detail does not say it.
struct known_word {
  std::string_view word{};
  std::string_view step{};
  std::string_view cure{};
};
/// A word that is not known belongs to the step `other`.
[[nodiscard]] const known_word& known(std::string_view word);

}  // namespace sluice::cli
