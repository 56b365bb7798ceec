// A journal that the product's own writer made, as bytes, and a folder to put changed copies in.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::fuzz {

/// A folder that goes with the object.
class scratch_folder {
 public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();

  /// Puts the bytes there as a journal, and takes away what an earlier one has left beside it.
  [[nodiscard]] std::filesystem::path put(std::string_view bytes) const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_{};
};

struct journal_base {
  std::string bytes{};
  std::vector<std::size_t> content{};  ///< Places of the bytes that are not zero.
};

/// Always the same: plans that were allowed and denied, an order with its life, a fill, a hold.
[[nodiscard]] journal_base make_journal_base(const scratch_folder& folder);

}  // namespace sluice::fuzz
