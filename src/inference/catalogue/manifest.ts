/** One file of a pulled model. */
export interface ManifestFile {
  /** Path inside the repository, and below `MODELS_DIR/<user>/<repo>/`. */
  readonly path: string;
  readonly size: number;
  /** Hex digest of the content, checked against the hub's. */
  readonly sha256: string;
}

/**
 * What a pull leaves beside the files, as `MODELS_DIR/<user>/<repo>/<name>.manifest.json`. It is written last of all: a
 * model of several files is installed when its manifest is there.
 */
export interface Manifest {
  readonly version: 1;
  /** Id of the catalogue entry that was pulled; the file's name for a file that is in no entry. Never contains `/`. */
  readonly name: string;
  /** `<user>/<repo>` on the hub. */
  readonly repo: string;
  /** The commit that the files are from: 40 hex digits. */
  readonly revision: string;
  /** The first is the one that an engine opens, where it opens a file and not the folder. */
  readonly files: readonly ManifestFile[];
  /** ISO 8601. */
  readonly installedAt: string;
}
