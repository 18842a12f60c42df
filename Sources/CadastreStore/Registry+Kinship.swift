internal import Foundation
internal import GRDB

extension Registry {
  /// Whether two paths lead to one file: the same, a symbolic link or a second name of it. A path without a file leads nowhere.
  public func isSameFile(as other: Registry) -> Bool {
    var (mine, theirs) = (stat(), stat())
    guard stat(path, &mine) == 0, stat(other.path, &theirs) == 0 else { return false }
    return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
  }
}
