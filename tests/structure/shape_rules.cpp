// Length and first sentence of files, and the length of functions, found by their braces.
#include <algorithm>
#include <optional>
#include <regex>

#include "rules.hpp"

namespace sluice::structure {
namespace {

/// What a brace opens, told by the text before it. `inside_head` is a default argument or a
/// member's initialiser: what it belongs to goes on after it.
enum class opening { scope, function, initialiser, inside_head };

/// The head with template parameters, attributes and everything in round brackets taken out, but
/// the brackets themselves.
std::string outline(const std::string& head) {
  std::string out;
  int round = 0;
  int angle = 0;
  bool in_template = false;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    if (round == 0 && !in_template && head.compare(i, 8, "template") == 0) {
      in_template = true;
      i += 7;
      continue;
    }
    if (in_template) {
      angle += c == '<' ? 1 : c == '>' ? -1 : 0;
      if (c == '>' && angle == 0)
        in_template = false;
      continue;
    }
    if (c == ')')
      --round;
    if (round == 0)
      out += c;
    if (c == '(')
      ++round;
  }
  return out;
}

opening opening_of(const std::string& head) {
  static const std::regex scope{R"(\b(namespace|class|struct|union|enum|extern)\b)"};
  static const std::regex comparison{R"(operator\s*[^\s(]+)"};
  const auto text = std::regex_replace(outline(head), comparison, "operator");
  if (std::count(text.begin(), text.end(), '(') > std::count(text.begin(), text.end(), ')'))
    return opening::inside_head;
  const auto bracket = text.find('(');
  if (bracket == std::string::npos)
    return std::regex_search(text, scope) ? opening::scope : opening::initialiser;
  if (text.substr(0, bracket).find('=') != std::string::npos)
    return opening::initialiser;
  const auto last = text.find_last_not_of(" \t\n");
  const auto after = text.substr(text.find(')', bracket) + 1);
  const bool lists_members = std::regex_search(after, std::regex{R"((^|[^:]):([^:]|$))"});
  const char before = text[last];
  if (lists_members && before != ')' && before != '}')
    return opening::inside_head;
  return opening::function;
}

/// Finds functions by their braces. Inside a function only the depth counts.
class function_scan {
 public:
  explicit function_scan(const source_file& f) : file_(f), code_(code_of(f)) {}

  violations run() {
    for (line_ = 0; line_ < code_.size(); ++line_) {
      for (char c : code_[line_])
        step(c);
      if (!head_.empty())
        head_ += '\n';
    }
    return std::move(found_);
  }

 private:
  void step(char c) {
    if (inner_ > 0) {
      inner_ += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (c == '}' && inner_ == 0)
        close();
    } else if (c == '{') {
      open();
    } else if (c == '}' || c == ';') {
      head_.clear();
    } else if (!head_.empty() || (c != ' ' && c != '\t')) {
      if (head_.empty())
        head_line_ = line_;
      head_ += c;
      if (head_.ends_with("public:") || head_.ends_with("private:") ||
          head_.ends_with("protected:"))
        head_.clear();
    }
  }
  void open() {
    kind_ = opening_of(head_);
    if (kind_ == opening::scope)
      head_.clear();
    else
      inner_ = 1;
  }
  void close() {
    if (kind_ == opening::inside_head) {
      head_ += '}';
      return;
    }
    const auto length = line_ - head_line_ + 1;
    if (kind_ == opening::function && length > function_lines_max)
      found_.push_back({file_.path, head_line_ + 1,
                        "a function of " + std::to_string(length) + " lines; allowed are " +
                            std::to_string(function_lines_max)});
    if (kind_ == opening::function)
      head_.clear();
  }

  const source_file& file_;
  std::vector<std::string> code_;
  violations found_{};
  std::string head_{};        ///< Code since the last end of a statement.
  std::size_t head_line_{0};  ///< Where it began.
  std::size_t line_{0};
  int inner_{0};  ///< Depth of braces since the function or initialiser began.
  opening kind_{opening::scope};
};

}  // namespace

violations check_file_length(const source_file& f) {
  if (f.lines.size() <= file_lines_max)
    return {};
  return {
      {f.path, file_lines_max + 1,
       std::to_string(f.lines.size()) + " lines; allowed are " + std::to_string(file_lines_max)}};
}

violations check_function_length(const source_file& f) {
  return function_scan{f}.run();
}

violations check_first_comment(const source_file& f) {
  std::string sentence;
  for (const auto& line : f.lines) {
    if (!line.starts_with("// "))
      break;
    sentence += line.substr(3) + " ";
  }
  if (sentence.size() < 10)
    return {{f.path, 1, "does not begin with a sentence that says what the file holds"}};
  if (!sentence.ends_with(". "))
    return {
        {f.path, 1, "the first comment is no whole sentence: it does not end with a full stop"}};
  return {};
}

violations check_borrowing(const source_file& f) {
  static const std::regex borrowed{R"(\*\s*\w+\s*=[^=;]*\bcurrent\(\)->)"};
  violations found;
  for (std::size_t i = 0; i < f.lines.size(); ++i)
    if (std::regex_search(f.lines[i], borrowed))
      found.push_back({f.path, i + 1, "keeps a pointer into what a board may replace"});
  return found;
}

violations check_leftovers(const source_file& f) {
  static const std::regex words{
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b"};
  violations found;
  for (std::size_t i = 0; i < f.lines.size(); ++i)
    if (std::regex_search(f.lines[i], words))
      found.push_back({f.path, i + 1, "leaves something for later"});
  return found;
}

violations check_all(const source_file& f) {
  violations all;
  for (auto* check :
       {&check_direction, &check_libraries, &check_file_length, &check_function_length,
        &check_first_comment, &check_purity, &check_borrowing, &check_leftovers})
    for (auto& v : check(f))
      all.push_back(std::move(v));
  return all;
}

}  // namespace sluice::structure
