//! partner-dossier
